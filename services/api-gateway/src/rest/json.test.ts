import { expect, test } from 'vitest'
import { mistakeIn, readJson } from './json.ts'

test.each([
  ['{"a": x}', 6],
  ['{"a": 1,}', 8],
  ['{"a" 1}', 5],
  ['{a: 1}', 1],
  ['[1, 2', 5],
  ['{"a": "b', 6],
  ['{"a": 01}', 7],
  ['{"a": 1} x', 9],
  ['{"a": [1, {"b": nul}]}', 16],
  ['{"a": "b\\x"}', 6],
  ['}', 0],
])('%s is wrong at %i', (text, position) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(mistakeIn(text)).toBe(position)
})

test('what is right is wrong nowhere', () => {
  const text = ' {"a": [1, -2.5e3, "x\\u0041", true, null, {}, []], "b": {"c": ""}} '
  expect(mistakeIn(text)).toBe(text.length)
})

test('no word of the body is repeated', () => {
  const body = Buffer.from('{"password": "hunter2" oops}')
  expect(() => readJson(body)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  )
})

test('an empty body is an empty object, anything but an object is refused', () => {
  expect(readJson(Buffer.from(' '))).toEqual({})
  for (const text of ['[]', '1', 'null', '"x"']) expect(() => readJson(Buffer.from(text))).toThrow('object')
  expect(() => readJson(Buffer.from([0xff, 0xfe]))).toThrow('UTF-8')
})
