import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@slipway/process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { privateKeyProblem, tidyKey } from './private-key.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-keys-'))
})
afterAll(() => rm(dir, { recursive: true }))

/** A key as ssh-keygen makes it. */
async function make(name: string, passphrase: string, ...flags: string[]): Promise<string> {
  await run(['ssh-keygen', '-q', '-f', join(dir, name), '-N', passphrase, ...flags])
  return readFile(join(dir, name), 'utf8')
}

test.each([
  ['ed25519', ['-t', 'ed25519']],
  ['ecdsa', ['-t', 'ecdsa']],
  ['rsa', ['-t', 'rsa', '-b', '2048']],
  ['rsa-pem', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
  ['ecdsa-pkcs8', ['-t', 'ecdsa', '-m', 'PKCS8']],
])('a key %s is taken with its own passphrase and no other', async (name, flags) => {
  const open = await make(name, '', ...flags)
  expect(await privateKeyProblem({ text: open, passphrase: '' })).toBeUndefined()
  expect(await privateKeyProblem({ text: open, passphrase: 'x' })).toMatchObject({ field: 'passphrase' })
  const closed = await make(`${name}-closed`, 'sesame', ...flags)
  expect(await privateKeyProblem({ text: closed, passphrase: 'sesame' })).toBeUndefined()
  expect(await privateKeyProblem({ text: closed, passphrase: '' })).toMatchObject({
    ...{ field: 'passphrase', message: expect.stringContaining('encrypted, but no passphrase') },
  })
  expect(await privateKeyProblem({ text: closed, passphrase: 'wrong' })).toMatchObject({
    ...{ field: 'passphrase', message: expect.stringContaining('does not open') },
  })
})

test('a pasted key with other line ends and without the last one is taken, as it is kept tidied', async () => {
  const pasted = (await make('pasted', '', '-t', 'ed25519')).replaceAll('\n', '\r\n').trimEnd()
  const tidied = tidyKey(`\n  ${pasted}`)
  expect(tidied).toMatch(/KEY-----\n$/)
  expect(await privateKeyProblem({ text: tidied, passphrase: '' })).toBeUndefined()
})

test('a passphrase that would take minutes to check is refused after some seconds, and nothing waits for it', async () => {
  const text = await make('slow', 'sesame', '-t', 'ed25519')
  const lines = text.trim().split('\n')
  const blob = Buffer.from(lines.slice(1, -1).join(''), 'base64')
  // The rounds stand after the magic, two names with their lengths, and the salt with its lengths.
  const rounds = blob.indexOf('bcrypt') + 'bcrypt'.length + 4 + 4 + 16
  expect(blob.readUInt32BE(rounds)).toBeLessThan(100)
  blob.writeUInt32BE(2 ** 31, rounds)
  const evil = [lines[0], blob.toString('base64'), lines.at(-1), ''].join('\n')
  const ticks: number[] = []
  const ticking = setInterval(() => ticks.push(performance.now()), 100)
  const problem = await privateKeyProblem({ text: evil, passphrase: 'sesame' }, 2_000)
  clearInterval(ticking)
  expect(problem).toMatchObject({ field: 'privateKey', message: expect.stringContaining('within') })
  expect(ticks.length).toBeGreaterThan(5)
})

test('a key without a passphrase is never refused for the time that it takes to look at it', async () => {
  const text = await make('hasty', '', '-t', 'ed25519')
  expect(await privateKeyProblem({ text, passphrase: '' }, 1)).toBeUndefined()
})

test('an Ed25519 key in PEM form is refused with the way out', async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  expect(await privateKeyProblem({ text, passphrase: '' })).toMatchObject({
    ...{ field: 'privateKey', hint: expect.stringContaining('OpenSSH form') },
  })
})

test.each([
  ['nothing like it', 'nonsense\n'],
  ['a public key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n'],
  ['an empty envelope', '-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n'],
  ['a torn envelope', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n'],
])('%s is no private key', async (_, text) => {
  expect(await privateKeyProblem({ text, passphrase: '' })).toMatchObject({
    ...{ field: 'privateKey', message: expect.stringContaining('not a private key') },
  })
})
