import { describe, expect, test } from 'vitest'
import { addressAt, formatRange, isHostAddress, overlaps, parseRange, pickRange } from './range.ts'

const range = (text: string) => {
  const parsed = parseRange(text)
  if (!parsed) throw new Error(`${text} is no range`)
  return parsed
}

describe('a range', () => {
  test.each(['10.78.0.0/24', '0.0.0.0/0', '255.255.255.255/32'])('is written as it was read: %s', (text) => {
    expect(formatRange(range(text))).toBe(text)
  })

  test('loses its host bits when it is read', () => {
    expect(formatRange(range('10.78.3.77/16'))).toBe('10.78.0.0/16')
  })

  test.each([
    '',
    '10.78.0',
    '10.78.0.256/24',
    '10.78.0.0/33',
    '10.78.0.0/24/1',
    '10.078.0.0/24',
    'fd00::/64',
  ])('is not read from %j', (text) => expect(parseRange(text)).toBeUndefined())

  test('overlaps what lies inside it, around it and on it, and not its neighbour', () => {
    const one = range('10.78.0.0/24')
    expect(['10.78.0.0/24', '10.78.0.128/25', '10.0.0.0/8'].every((text) => overlaps(one, range(text)))).toBe(
      true,
    )
    expect(overlaps(one, range('10.78.1.0/24'))).toBe(false)
  })

  test('gives hosts neither its own address, nor the gateway, nor the broadcast, nor a foreign one', () => {
    const one = range('10.78.0.0/24')
    const refused = ['10.78.0.0', '10.78.0.1', '10.78.0.255', '10.78.1.2', 'nonsense']
    expect(refused.filter((address) => isHostAddress(one, address))).toEqual([])
    expect(isHostAddress(one, addressAt(one, 2))).toBe(true)
  })
})

describe('picking a range', () => {
  test('takes the first that is free', () => {
    expect(pickRange([])).toEqual(range('10.77.0.0/24'))
    expect(pickRange([range('10.77.0.0/24'), range('10.78.0.0/16')])).toEqual(range('10.79.0.0/24'))
  })

  test('goes on inside the blocks when each has something busy', () => {
    const busy = Array.from({ length: 23 }, (_, index) => range(`10.${77 + index}.0.0/24`))
    expect(pickRange(busy)).toEqual(range('10.77.1.0/24'))
  })

  test('finds none where the whole block is routed', () => {
    expect(pickRange([range('10.0.0.0/8')])).toBeUndefined()
  })
})
