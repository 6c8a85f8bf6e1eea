import { expect, test } from 'vitest'
import { blocksIn, overlaps, rangeAround, readCidr, readDestination, sizeOf, toAddress } from './cidr.ts'

/** The same "random" ranges in every run. */
function* ranges(count: number): Generator<string> {
  let seed = 42
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed % below
  }
  for (let index = 0; index < count; index++) {
    const prefix = 1 + next(32)
    const address = toAddress(next(2 ** 16) * 2 ** 16 + next(2 ** 16))
    yield `${toAddress(rangeAround(address, prefix).first)}/${prefix}`
  }
}

test('every range that is written from its first address is read back as it was written', () => {
  for (const text of ranges(2_000)) {
    const range = readCidr(text)
    expect(range && `${toAddress(range.first)}/${range.prefix}`).toBe(text)
    expect(range && sizeOf(range)).toBe(2 ** (32 - (range?.prefix ?? 0)))
  }
})

test('two ranges overlap exactly when one holds the first address of the other', () => {
  const all = [...ranges(200)].flatMap((text) => readCidr(text) ?? [])
  for (const a of all) {
    for (const b of all) {
      const holds = (x: typeof a, address: number) => x.first <= address && address <= x.last
      expect(overlaps(a, b)).toBe(holds(a, b.first) || holds(b, a.first))
      expect(overlaps(a, b)).toBe(overlaps(b, a))
    }
  }
})

test('a range holds as many blocks as fit into it', () => {
  for (const text of ranges(500)) {
    const range = readCidr(text)
    if (!range) throw new Error(text)
    for (let prefix = range.prefix; prefix <= 32; prefix++) {
      expect(blocksIn(range, prefix) * 2 ** (32 - prefix)).toBe(sizeOf(range))
    }
    if (range.prefix > 0) expect(blocksIn(range, range.prefix - 1)).toBe(0)
  }
})

test.each([
  '',
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.1/24',
  '010.0.0.0/8',
  '10.0.0/8',
  '10.0.0.0/8/8',
  'fd00::/8',
  '10.0.0.0/ 8',
])('%j is no range', (text) => expect(readCidr(text)).toBeUndefined())

test('a route covers its range, a bare address itself, and the default route nothing', () => {
  expect(readDestination('10.1.2.3/16')).toMatchObject({ prefix: 16, first: readCidr('10.1.0.0/16')?.first })
  expect(readDestination('10.1.2.3')).toMatchObject({ prefix: 32 })
  expect(readDestination('0.0.0.0/0')).toBeUndefined()
  expect(readDestination('default')).toBeUndefined()
  expect(readDestination('fe80::/64')).toBeUndefined()
})
