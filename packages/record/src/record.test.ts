import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { recordKey } from '@slipway/secrets'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keyIdOf, openRecord, type Part, writeRecord } from './index.ts'

let dir: string
let file: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-record-'))
  file = join(dir, 'record')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const { privateKey, publicKey } = recordKey(randomBytes(32).toString('base64'))
const by = { key: privateKey, operation: 'o1', project: 'p1', now: () => new Date('2026-02-03T04:05:06Z') }
const line = (sequence: number, text = `line ${sequence}`): Part => ({
  line: { run: 'r', sequence, at: '', host: 'a', task: 't', kind: 'line', text },
})

async function* batches(count: number, size: number, text?: string) {
  for (let batch = 0; batch < count; batch++)
    yield Array.from({ length: size }, (_, index) => line(batch * size + index + 1, text))
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of source) found.push(one)
  return found
}

async function written(parts: AsyncIterable<readonly Part[]>): Promise<Buffer> {
  const bytes = Buffer.concat(await all(writeRecord(parts, by)))
  await writeFile(file, bytes)
  return bytes
}

test('a record is read as it was written, and says who signed it, what and when', async () => {
  const bytes = await written(batches(3, 100))
  const { signature, parts } = await openRecord(file)
  expect(signature).toMatchObject({ operation: 'o1', project: 'p1', signedAt: '2026-02-03T04:05:06.000Z' })
  expect([signature.keyId, signature.publicKey]).toEqual([await keyIdOf(publicKey), publicKey])
  expect(await all(parts())).toEqual((await all(batches(3, 100))).flat())
  const lines = gunzipSync(bytes).toString().trimEnd().split('\n')
  expect(lines).toHaveLength(301)
  expect(Object.keys(JSON.parse(lines.at(-1) ?? ''))).toEqual(['signature'])
})

test('it is refused when any one bit of it is another, wherever it stands', {
  timeout: 120_000,
}, async () => {
  const bytes = await written(batches(1, 3))
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    await writeFile(file, changed)
    await expect(openRecord(file), `bit ${bit} of ${bytes.length * 8}`).rejects.toThrow(/changed|no record/)
  }
})

test('it is refused when it was cut off or lengthened, and so is what was never one', async () => {
  const bytes = await written(batches(1, 3))
  const others = [
    bytes.subarray(0, -1),
    bytes.subarray(0, bytes.length / 2),
    Buffer.from('hello'),
    Buffer.of(),
  ]
  for (const other of [...others, Buffer.concat([bytes, Buffer.of(0)]), Buffer.concat([bytes, bytes])]) {
    await writeFile(file, other)
    await expect(openRecord(file)).rejects.toThrow(/changed|no record/)
  }
  await expect(openRecord(join(dir, 'none'))).rejects.toThrow('no file')
})

test('a signature of another record, or by another key, does not fit', async () => {
  const one = await written(batches(1, 3))
  const other = Buffer.concat(await all(writeRecord(batches(1, 4), by)))
  const lengthOf = (bytes: Buffer) => bytes.readUInt32LE(bytes.length - 4) + 23
  await writeFile(
    file,
    Buffer.concat([one.subarray(0, -lengthOf(one)), other.subarray(other.length - lengthOf(other))]),
  )
  await expect(openRecord(file)).rejects.toThrow('changed after it was signed')
  const stranger = { ...by, key: recordKey(randomBytes(32).toString('base64')).privateKey }
  await writeFile(file, Buffer.concat(await all(writeRecord(batches(1, 3), stranger))))
  expect((await openRecord(file)).signature.keyId).not.toBe(await keyIdOf(publicKey))
})

test('a reader that is slow makes the source wait: writing holds no more than a few batches', async () => {
  let made = 0
  async function* endless() {
    for (;;) {
      made += 1
      yield [line(made, randomBytes(32_000).toString('hex'))]
    }
  }
  const pieces = writeRecord(endless(), by)
  for (let taken = 0; taken < 20; taken++) await pieces.next()
  // Twenty pieces are of 16 KiB, a batch packs to 32 KiB.
  expect(made).toBeLessThan(30)
  await pieces.return(undefined)
})

test('what goes wrong while it is written comes out, instead of an end that looks like one', async () => {
  async function* broken() {
    yield [line(1)]
    throw new Error('the runner is away')
  }
  await expect(all(writeRecord(broken(), by))).rejects.toThrow('the runner is away')
})

test('the key is the same from the same seed, and Ed25519', () => {
  const seed = randomBytes(32).toString('base64')
  expect(recordKey(seed).publicKey).toBe(recordKey(seed).publicKey)
  expect(recordKey(seed).privateKey.asymmetricKeyType).toBe('ed25519')
})
