import { expect, test } from 'vitest'
import { createLimits, isRefusedByLimit } from './limit.ts'

const strangers = { signIns: 2, refusals: 600 }

function clock() {
  let at = 0
  return { now: () => new Date(at), pass: (ms: number) => (at += ms) }
}

test('twice the rate may come at once, then as many a second as the rate', () => {
  const { now, pass } = clock()
  const limits = createLimits({ principal: 10, source: 10, ...strangers }, now)
  for (let call = 0; call < 20; call++) limits.principal('me')
  expect(() => limits.principal('me')).toThrow('More than 10 calls per second')
  pass(500)
  for (let call = 0; call < 5; call++) limits.principal('me')
  expect(() => limits.principal('me')).toThrow()
})

test('one address does not use up another one’s', () => {
  const limits = createLimits({ principal: 1, source: 1, ...strangers }, clock().now)
  limits.source('10.0.0.1')
  limits.source('10.0.0.1')
  expect(() => limits.source('10.0.0.1')).toThrow()
  limits.source('10.0.0.2')
})

test('its own refusals are told from those of others, and recorded once a minute', () => {
  const { now, pass } = clock()
  const limits = createLimits({ principal: 1, source: 1, ...strangers }, now)
  limits.source('a')
  limits.source('a')
  try {
    limits.source('a')
    expect.unreachable()
  } catch (error) {
    expect(isRefusedByLimit(error as never)).toBe(true)
  }
  expect([limits.recorded('a'), limits.recorded('a')]).toEqual([true, false])
  pass(60_000)
  expect(limits.recorded('a')).toBe(true)
})

test('a person reads so many streams at once, and another one when one has ended', () => {
  const limits = createLimits({ principal: 1, source: 1, ...strangers }, clock().now)
  const first = new AbortController()
  limits.stream('me', first.signal)
  for (let stream = 1; stream < 64; stream++) limits.stream('me', new AbortController().signal)
  expect(() => limits.stream('me', first.signal)).toThrow('More than 64 streams')
  first.abort()
  limits.stream('me', new AbortController().signal)
})

test('refusals of strangers are recorded 600 at once and one a second of an address, and fewer of all together', () => {
  const { now, pass } = clock()
  const limits = createLimits({ principal: 1, source: 1, ...strangers }, now)
  for (let call = 0; call < 600; call++) expect(limits.stranger('a')).toBe('record')
  expect(limits.stranger('a')).toBe('turn away')
  pass(1_000)
  expect([limits.stranger('a'), limits.stranger('a')]).toEqual(['record', 'turn away'])
  const flood = Array.from({ length: 6_000 }, (_, call) => limits.stranger(`10.0.${call >> 8}.${call & 255}`))
  expect(new Set(flood)).toEqual(new Set(['record', 'count']))
  expect(limits.stranger('b')).toBe('count')
})

test('a clock that is set back refuses nobody', () => {
  const { now, pass } = clock()
  const limits = createLimits({ principal: 1, source: 10, ...strangers }, now)
  limits.source('a')
  pass(-3_600_000)
  limits.source('a')
})

test('tries to sign in are limited by address, each a second after the other once they are used up', () => {
  const { now, pass } = clock()
  const limits = createLimits({ principal: 1, source: 1, ...strangers }, now)
  limits.signIn('a')
  limits.signIn('a')
  expect(() => limits.signIn('a')).toThrow('one try to sign in per second')
  limits.signIn('b')
  pass(1000)
  limits.signIn('a')
})
