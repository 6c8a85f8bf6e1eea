import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
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

const head = {
  ...{ format: 1 as const, writtenAt: '', ended: true, askedBy: { id: 'u', name: 'ada' }, reason: '' },
  versions: { slipway: '1', writtenBy: '1', release: '', kubernetes: '', components: {} },
}

/** A head, as many lines of output, and the end. */
async function* batches(count: number, size: number, text?: () => string): AsyncGenerator<Part[]> {
  yield [{ record: head }]
  for (let batch = 0; batch < count; batch++)
    yield Array.from({ length: size }, (_, index) => line(batch * size + index + 1, text?.()))
  yield [{ end: { lines: count * size } }]
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of source) found.push(one)
  return found
}

/** Why the file is no good. */
async function refusal(): Promise<Error> {
  const outcome = await openRecord(file).catch((error: unknown) => error)
  if (outcome instanceof Error) return outcome
  throw new Error('it was taken for a good one')
}

const REFUSED = /was changed after it was signed|is not whole|is no record/

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
  expect(lines).toHaveLength(303)
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
    await expect(openRecord(file), `bit ${bit} of ${bytes.length * 8}`).rejects.toThrow(REFUSED)
  }
})

test('a changed byte is refused with its place: between which bytes, and after which line', async () => {
  const bytes = await written(batches(100, 1_000, () => randomBytes(40).toString('hex')))
  const text = gunzipSync(bytes).toString()
  for (const share of [0.1, 0.5, 0.9]) {
    const at = Math.floor(bytes.length * share)
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    await writeFile(file, changed)
    const { message } = await refusal()
    const [, from, to, line] =
      /between the bytes (\d+) and (\d+) of \d+, which is after line (\d+)/.exec(message)?.map(Number) ?? []
    expect([at >= (from ?? 0), at < (to ?? 0)], message).toEqual([true, true])
    // 64 marks at most, never further apart than a thirtieth.
    expect((to ?? 0) - (from ?? 0)).toBeLessThanOrEqual(bytes.length / 30)
    expect((line ?? 0) / text.split('\n').length).toBeCloseTo(share, 1)
    expect(message).toMatch(new RegExp(`\\(line ${(line ?? 0) - 1} of the output of r\\)`))
  }
})

test('a record that was cut off is refused with the line after which it ends', async () => {
  const bytes = await written(batches(10, 1_000, () => randomBytes(40).toString('hex')))
  await writeFile(file, bytes.subarray(0, bytes.length / 2))
  const { message } = await refusal()
  const line = Number(/not whole: it was cut off or changed after line (\d+)/.exec(message)?.[1])
  expect([line > 4_000, line < 6_000], message).toEqual([true, true])
})

test('a record whose signature was cut off or changed says that this is all that is wrong', async () => {
  const bytes = await written(batches(1, 3))
  const trailer = bytes.readUInt32LE(bytes.length - 4) + 23
  for (const cut of [1, 100, trailer - 1, trailer]) {
    await writeFile(file, bytes.subarray(0, -cut))
    expect((await refusal()).message).toContain('its signature, which is all that follows its last line')
  }
  await writeFile(file, Buffer.concat([bytes, Buffer.of(0)]))
  expect((await refusal()).message).toContain('its signature')
})

test('a record that was lengthened, doubled, or was never one is refused', async () => {
  const bytes = await written(batches(1, 3))
  const trailer = bytes.readUInt32LE(bytes.length - 4) + 23
  const within = Buffer.concat([bytes.subarray(0, -trailer), Buffer.of(1), bytes.subarray(-trailer)])
  await writeFile(file, within)
  expect((await refusal()).message).toMatch(/changed after it was signed, after byte (\d+)/)
  await writeFile(file, Buffer.concat([bytes, bytes]))
  expect((await refusal()).message).toMatch(/changed after it was signed/)
  const others = [Buffer.from('hello'), Buffer.of(), gzipSync('{"other":1}\n'), gzipSync(randomBytes(9_999))]
  for (const other of others) {
    await writeFile(file, other)
    expect((await refusal()).message).toContain('is no record of Slipway')
  }
  await expect(openRecord(join(dir, 'none'))).rejects.toThrow('no file')
})

test('what a later version adds is passed over, and what is not as it should be is refused with its line', async () => {
  await written(of({ record: head }, { weather: 'fine' } as never, { end: { lines: 0 } }))
  expect(await all((await openRecord(file)).parts())).toEqual([{ record: head }, { end: { lines: 0 } }])
  const wrong = [
    { record: { ...head, format: 2 } },
    { record: 3 },
    { event: { sequence: -1 } },
    { line: null },
  ]
  for (const one of wrong) {
    await written(of({ record: head }, one as never))
    const { parts } = await openRecord(file)
    await expect(all(parts())).rejects.toThrow(/is whole, but its line 2 can't be read \((record|event|line)/)
  }
})

async function* of(...parts: Part[]) {
  yield parts
}

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
