import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createAuthority, issue, needsRenewal } from './certificate.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const DAY_MS = 86_400_000

test('a certificate verifies against the authority that issued it and names what was asked', async () => {
  const authority = await createAuthority('Slipway test', now)
  const leaf = await issue(
    authority,
    'repo-proxy',
    { dns: ['repo.slipway.internal'], ips: ['10.77.0.1'] },
    now,
  )
  const cert = new X509Certificate(leaf.cert)
  expect(cert.verify(new X509Certificate(authority.cert).publicKey)).toBe(true)
  expect(cert.checkHost('repo.slipway.internal')).toBeTruthy()
  expect(cert.checkIP('10.77.0.1')).toBeTruthy()
})

test('a certificate wants renewal in the last third of its life, or when it lacks a name', async () => {
  const authority = await createAuthority('Slipway test', now)
  const { cert } = await issue(authority, 'repo-proxy', {}, now)
  expect(needsRenewal(cert, ['repo-proxy'], now)).toBe(false)
  expect(needsRenewal(cert, ['repo-proxy'], now + 300 * DAY_MS)).toBe(true)
  expect(needsRenewal(cert, ['other'], now)).toBe(true)
})
