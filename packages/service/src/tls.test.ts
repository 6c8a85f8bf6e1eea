import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { connect } from '@slipway/rpc'
import { type Authority, type Certificate, createAuthority, issue } from '@slipway/secrets'
import { createLog } from '@slipway/telemetry'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTls, type TlsFiles } from './tls.ts'

let dir: string
let files: TlsFiles
let authority: Authority
let first: Certificate
let renewed: Certificate
const often = { log: createLog('test', 'silent'), everyMs: 20 }
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-tls-'))
  files = { ca: join(dir, 'ca.pem'), cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
  authority = await createAuthority('test', Date.now())
  first = await issue(authority, 'caller', {}, Date.now())
  renewed = await issue(authority, 'caller', {}, Date.now())
  await writeFile(files.ca, authority.cert)
  await writeFile(files.cert, first.cert)
  await writeFile(files.key, first.key)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('a certificate is taken once its key is there too, and not between', async () => {
  const tls = await readTls(files, often)
  const taken: string[] = []
  const end = tls.onRenewed(() => taken.push(tls.cert))
  try {
    await writeFile(files.cert, renewed.cert)
    await expect(readTls(files, often)).rejects.toThrow(`${files.cert} can't be used`)
    await writeFile(files.key, '')
    await oneLook()
    expect([tls.cert, tls.key, taken]).toEqual([first.cert, first.key, []])
    await writeFile(files.key, renewed.key)
    await expect.poll(() => taken, { timeout: 20_000 }).toEqual([renewed.cert])
    expect(tls.key).toBe(renewed.key)
  } finally {
    end()
  }
})

test('a client shows a renewed certificate when it connects again', async () => {
  const seen: string[] = []
  const door = await issue(authority, 'door', {}, Date.now())
  const server = createServer({ ...door, ca: authority.cert, requestCert: true, ALPNProtocols: ['h2'] })
  server.on('secureConnection', (socket: TLSSocket) => {
    seen.push(socket.getPeerCertificate().serialNumber)
    socket.on('error', () => {}).destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = connect<object>({}, { address, service: 'door', tls: await readTls(files, often) })
  const lastSeen = async () => {
    await client.call(anyMethod, undefined).catch(() => {})
    return seen.at(-1)
  }
  try {
    expect(await lastSeen()).toBe(new X509Certificate(first.cert).serialNumber)
    await writeFile(files.key, renewed.key)
    await writeFile(files.cert, renewed.cert)
    const { serialNumber } = new X509Certificate(renewed.cert)
    await expect.poll(lastSeen, { timeout: 20_000 }).toBe(serialNumber)
  } finally {
    client.close()
    server.close()
  }
})

const nothing = () => Buffer.alloc(0)
const anyMethod = {
  path: '/test/Any',
  requestStream: false as const,
  responseStream: false as const,
  requestSerialize: nothing,
  requestDeserialize: nothing,
  responseSerialize: nothing,
  responseDeserialize: nothing,
}

/** Another reader of the same files, which fit, has looked: so has the first, which began before it. */
async function oneLook(): Promise<void> {
  const own = { ca: files.ca, cert: join(dir, 'own.pem'), key: join(dir, 'own.key') }
  await writeFile(own.cert, first.cert)
  await writeFile(own.key, first.key)
  const tls = await readTls(own, often)
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = tls.onRenewed(resolve)
  await writeFile(own.key, renewed.key)
  await writeFile(own.cert, renewed.cert)
  await promise
  end()
}
