import { expect, test } from 'vitest'
import { addressProblem, placeOf } from './address.ts'

const own = new Set(['10.77.0.1', '192.168.1.5'])
const refused = (address: string) => addressProblem(address, own) !== undefined

/** A repeatable stream of numbers below 2^32. */
function* numbers(seed: number, count: number): Generator<number> {
  let state = seed
  for (let at = 0; at < count; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state
  }
}
const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')

test('an address is refused exactly when it lies in a range without hosts, or is our own', () => {
  for (const value of numbers(7, 20_000)) {
    const first = value >>> 24
    const linkLocal = value >>> 16 === 0xa9fe
    const expected = first === 0 || first === 127 || first >= 224 || linkLocal || own.has(dotted(value))
    expect(refused(dotted(value)), dotted(value)).toBe(expected)
  }
})

test("a simulated fleet's hosts may have loopback addresses, but none of Slipway's own", () => {
  const simulated = Object.assign(new Set(['127.0.0.1']), { loopbackHosts: true })
  expect(addressProblem('127.66.0.1', simulated)).toBeUndefined()
  expect(addressProblem('127.0.0.1', simulated)).toBeDefined()
  expect(addressProblem('224.0.0.1', simulated)).toBeDefined()
})

test.each([
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '169.254.169.254', '224.0.0.1', '255.255.255.255'],
  ...['10.77.0.1', '192.168.1.5'],
])('%s is refused', (address) => expect(refused(address)).toBe(true))

test.each(['10.77.0.2', '192.168.1.50', '126.255.255.255', '128.0.0.1', '169.253.0.1', '223.255.255.255'])(
  '%s may be a host',
  (address) => expect(addressProblem(address, own)).toBeUndefined(),
)

test.each([
  ...[
    '',
    'localhost',
    '10.1',
    '2130706433',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '010.0.0.1',
    '10.0.0.256',
    '10.0.0.1 ',
  ],
  ...[
    '10.0.0.1\n',
    '10.0.0.1/24',
    '::1',
    '::ffff:127.0.0.1',
    '１０.0.0.1',
    '10.0.0.1\0',
    '-1.0.0.1',
    '1e1.0.0.1',
  ],
])('%j is no plain IPv4 address', (text) =>
  expect(addressProblem(text, own)?.message).toContain('is not an IPv4 address'),
)

test('hosts sort by address as a number and then by port', () => {
  const values = [...numbers(11, 2_000)].map((value) => ({ value, port: (value % 65_535) + 1 }))
  const byPlace = values.toSorted((a, b) =>
    placeOf(dotted(a.value), a.port) < placeOf(dotted(b.value), b.port) ? -1 : 1,
  )
  expect(byPlace).toEqual(values.toSorted((a, b) => a.value - b.value || a.port - b.port))
})
