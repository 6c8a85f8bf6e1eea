import { expect, test } from 'vitest'
import { meets, onALine, rangeOf, shares, sizeOf } from './cidr.ts'

const range = (text: string) => rangeOf(text) ?? expect.fail(`${text} is a range`)

test('a range is read with the addresses that its prefix spans, and anything else is none', () => {
  expect(range('10.244.0.0/16')).toEqual({ first: 183762944, last: 183828479 })
  expect(range('10.244.3.9/16')).toEqual(range('10.244.0.0/16'))
  expect(sizeOf(range('192.0.2.7'))).toBe(1)
  for (const text of ['', 'ten', '10.0.0.0/33', '10.0.0.256/8', '10.0.0/8'])
    expect(rangeOf(text)).toBe(undefined)
})

test('ranges meet when they share an address, and not when they only touch', () => {
  expect(meets(range('10.0.0.0/8'), range('10.96.0.0/16'))).toBe(true)
  expect(meets(range('10.0.0.0/16'), range('10.1.0.0/16'))).toBe(false)
})

test('a pod range of /16 has 256 shares of /24', () => {
  expect(shares(range('10.244.0.0/16'), 24)).toEqual({ nodes: 256, addresses: 256 })
})

test('on a line what lies apart stays apart in order, and what overlaps lies above each other', () => {
  const [pods, services, inPods] = onALine(['10.244.0.0/16', '10.96.0.0/16', '10.244.8.0/24'].map(range))
  if (!pods || !services || !inPods) return expect.fail('a place is missing')
  expect(services.to).toBeLessThan(pods.from)
  expect(inPods.from).toBeGreaterThan(pods.from)
  expect(inPods.to).toBeLessThan(pods.to)
  expect([services.from, pods.to]).toEqual([0, 1])
})
