import { invalid } from '@slipway/errors'
import type { Json } from '../pipeline/wire.ts'

/** Reads a body as a JSON object; what is malformed is named by its place, never by its content, which may be secret. */
export function readJson(body: Uint8Array): Json {
  const text = decode(body)
  if (text.trim() === '') return {}
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong('is not a JSON object', 'Send an object in braces.')
  }
  return value as Json
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw wrong('is not UTF-8', 'Send the body as UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const position = mistakeIn(text)
    const before = text.slice(0, position).split('\n')
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} (position ${position})`
    const what = position >= text.length ? 'ends too early' : 'is malformed JSON'
    throw wrong(`${what} at ${place}`, 'Correct the JSON there.')
  }
}

const BLANK = /[ \t\n\r]*/y
const SCALAR =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON's strings hold none of them
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** Where a text stops being JSON. V8's own message names the place only sometimes, and quotes the text. */
export function mistakeIn(text: string): number {
  let at = 0
  const stack: ('{' | '[')[] = []
  let expect: 'value' | 'value or ]' | 'key' | 'key or }' | ':' | 'next' | 'end' = 'value'
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? ''
  }
  const after = () => (stack.length > 0 ? 'next' : 'end')
  for (;;) {
    at += match(BLANK).length
    const sign = text[at] ?? ''
    const inside = stack.at(-1)
    if (sign === '') return text.length
    if ((expect === 'value or ]' && sign === ']') || (expect === 'key or }' && sign === '}')) {
      stack.pop()
      expect = after()
    } else if (expect === 'next' && sign === ',') {
      expect = inside === '{' ? 'key' : 'value'
    } else if (expect === 'next' && sign === (inside === '{' ? '}' : ']')) {
      stack.pop()
      expect = after()
    } else if (expect === ':' && sign === ':') {
      expect = 'value'
    } else if (expect.startsWith('value') && (sign === '{' || sign === '[')) {
      stack.push(sign)
      expect = sign === '{' ? 'key or }' : 'value or ]'
    } else {
      const scalar = expect.startsWith('value') || expect.startsWith('key') ? match(SCALAR) : ''
      if (scalar === '' || (expect.startsWith('key') && sign !== '"')) return at
      at += scalar.length - 1
      expect = expect.startsWith('key') ? ':' : after()
    }
    at++
  }
}

function wrong(message: string, hint: string) {
  return invalid([{ field: 'body', message, hint }])
}
