import type { Problem } from '@slipway/errors'
import type { ErrorObject } from 'ajv'

type Words = { message: string; hint: string; name?: string }

/** What a JSON Schema error says to the person who sent the request. Values are not repeated: they may be secret. */
export function inWords(error: ErrorObject): Problem {
  const say = words[error.keyword]
  const { message, hint, name } = say
    ? say(error)
    : { message: error.message ?? 'is wrong', hint: 'Look it up in the API document.' }
  const own = error.parentSchema?.['x-hint']
  return {
    field: fieldOf([...pathOf(error.instancePath), ...(name === undefined ? [] : [name])]),
    message,
    hint: typeof own === 'string' && !name ? `${sentence(own)}` : hint,
  }
}

const kinds: Record<string, string> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

const words: Record<string, (error: ErrorObject) => Words> = {
  required: ({ params, parentSchema }) => {
    const name = String(params.missingProperty)
    const schema = parentSchema?.properties?.[name] ?? {}
    return { message: 'is missing', hint: hintOf(schema) ?? 'Set it.', name }
  },
  additionalProperties: ({ params, parentSchema }) => {
    const name = String(params.additionalProperty)
    const known = Object.keys(parentSchema?.properties ?? {})
    return { message: 'is not a field that is known here', hint: didYouMean(name, known), name }
  },
  type: ({ params }) => ({
    message: `is not ${kinds[params.type] ?? params.type}`,
    hint: `Send ${kinds[params.type] ?? params.type}.`,
  }),
  enum: ({ params }) => ({ message: 'is not one of the allowed values', hint: oneOf(params.allowedValues) }),
  pattern: ({ params }) => ({
    message: 'has a form that is not allowed',
    hint: `It has to match ${params.pattern}.`,
  }),
  minLength: ({ params }) => ({
    message: params.limit === 1 ? 'is empty' : `is shorter than ${params.limit} characters`,
    hint: `Use at least ${params.limit} ${params.limit === 1 ? 'character' : 'characters'}.`,
  }),
  maxLength: ({ params, data }) => ({
    message: `has ${[...String(data)].length} characters, more than ${params.limit}`,
    hint: `Use at most ${params.limit} characters.`,
  }),
  minimum: ({ params }) => ({ message: `is below ${params.limit}`, hint: `Use ${params.limit} or more.` }),
  maximum: ({ params }) => ({ message: `is above ${params.limit}`, hint: `Use ${params.limit} or less.` }),
  minItems: ({ params }) => ({
    message: `has fewer than ${params.limit} entries`,
    hint: `Give at least ${params.limit}.`,
  }),
  maxItems: ({ params }) => ({
    message: `has more than ${params.limit} entries`,
    hint: `Give at most ${params.limit}.`,
  }),
  maxProperties: ({ params }) => ({
    message: `has more than ${params.limit} entries`,
    hint: `Give at most ${params.limit}.`,
  }),
  format: () => ({ message: 'is not a time', hint: 'Send a time like 2026-01-31T12:00:00Z.' }),
}

/** A JSON pointer's parts: /spec/nodes/0 → spec, nodes, 0. */
export function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** spec, nodes, 0, host → spec.nodes[0].host */
export function fieldOf(path: readonly string[]): string {
  const text = path.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('')
  return text.replace(/^\./, '') || 'body'
}

function hintOf(schema: Record<string, unknown>): string | undefined {
  if (Array.isArray(schema.enum)) return oneOf(schema.enum)
  if (typeof schema['x-hint'] === 'string') return sentence(schema['x-hint'])
  if (typeof schema.description === 'string') return sentence(schema.description)
  return undefined
}

function oneOf(values: readonly unknown[]): string {
  const named = values.filter((value) => value !== '')
  return `Use ${named.length > 1 ? 'one of ' : ''}${named.join(', ')}${named.length < values.length ? ', or leave it empty' : ''}.`
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1)
  return upper.endsWith('.') ? upper : `${upper}.`
}

function didYouMean(name: string, known: readonly string[]): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const near = known.find((one) => plain(one) === plain(name) || isOneEditAway(plain(one), plain(name)))
  if (near) return `Did you mean ${near}?`
  return known.length > 0 ? `Known are ${known.join(', ')}.` : 'Leave it out.'
}

/** Whether one letter was left out, added or mistaken. */
function isOneEditAway(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false
  let start = 0
  while (start < one.length && one[start] === other[start]) start++
  let end = 0
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end++
  return Math.max(one.length, other.length) - start - end <= 1
}
