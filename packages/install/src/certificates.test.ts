import { X509Certificate } from 'node:crypto'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '@slipway/telemetry'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CertificatePlan, keepCertificates, renewCertificates } from './certificates.ts'
import { makeInstall } from './install.ts'

const DAY_MS = 86_400_000
const patient = { timeout: 20_000 }
const made = Date.parse('2026-01-01T00:00:00Z')
let dir: string
let plan: CertificatePlan
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-certificates-'))
  const names = { dns: ['slipway.example'], ips: [] }
  plan = (await makeInstall({ dir, names, now: made })).certificates
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('a running process renews every certificate when a third of its life is left, and not before', async () => {
  const first = await certificates()
  let now = made + 243 * DAY_MS
  let looks = 0
  const clock = () => {
    looks += 1
    return now
  }
  const stop = keepCertificates(plan, { log: createLog('test', 'error'), now: clock, everyMs: 5 })
  try {
    await expect.poll(() => looks, patient).toBeGreaterThan(2)
    expect(await serials()).toEqual(first.map(({ serialNumber }) => serialNumber))
    now = made + 245 * DAY_MS
    const renewed = async () => (await serials()).filter((one, at) => one !== first[at]?.serialNumber)
    await expect.poll(renewed, patient).toHaveLength(plan.holders.length)
    const ca = new X509Certificate(await readFile(join(dir, 'keys/ca.pem')))
    for (const certificate of await certificates()) {
      expect(certificate.verify(ca.publicKey)).toBe(true)
      expect(certificate.checkHost('slipway.example')).toBeTruthy()
      expect(certificate.validToDate.getTime()).toBe(now + 365 * DAY_MS)
    }
  } finally {
    await stop()
  }
})

test('a certificate with another’s key beside it, as a crash may leave it, is made anew', async () => {
  const file = (name: string) => join(dir, 'keys', name)
  await copyFile(file('nats.key.pem'), file('repo-proxy.key.pem'))
  expect(await renewCertificates(plan, made)).toEqual(['repo-proxy'])
  expect(await renewCertificates(plan, made)).toEqual([])
})

test('without the CA’s key it says what is missing, and leaves every certificate as it is', async () => {
  const before = await serials()
  await rm(join(dir, 'keys/ca.json'))
  const late = made + 700 * DAY_MS
  await expect(renewCertificates(plan, late)).rejects.toThrow('no certificate can be renewed')
  expect(await serials()).toEqual(before)
})

function certificates(): Promise<X509Certificate[]> {
  const read = (holder: string) => readFile(join(dir, 'keys', `${holder}.cert.pem`))
  return Promise.all(plan.holders.map(async (holder) => new X509Certificate(await read(holder))))
}

async function serials(): Promise<string[]> {
  return (await certificates()).map(({ serialNumber }) => serialNumber)
}
