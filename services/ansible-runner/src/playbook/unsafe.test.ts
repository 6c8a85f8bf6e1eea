import { expect, test } from 'vitest'
import { dangerousKey, unsafe } from './unsafe.ts'

test('every string is marked, however deep it stands, and nothing else changes', () => {
  expect(unsafe({ a: 'x', b: ['y', { c: 'z' }], d: 1, e: null, f: true })).toEqual({
    a: { __ansible_unsafe: 'x' },
    b: [{ __ansible_unsafe: 'y' }, { c: { __ansible_unsafe: 'z' } }],
    d: 1,
    e: null,
    f: true,
  })
})

test.each([
  [{ a: [{ __ansible_vault: 'x' }] }, '__ansible_vault'],
  [JSON.parse('{"a": {"__proto__": 1}}'), '__proto__'],
  [{ a: '__ansible_unsafe' }, undefined],
])('a key that means something to the reader is found: %j', (value, key) => {
  expect(dangerousKey(value)).toBe(key)
})
