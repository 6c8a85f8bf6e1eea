import type { Method } from '@slipway/contracts'
import { schemas } from '@slipway/contracts'
import { bug, invalid, type Problem } from '@slipway/errors'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Json } from './wire.ts'
import { inWords } from './words.ts'

const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false })
formats.default(ajv, ['date-time'])
for (const schema of Object.values(schemas)) ajv.addSchema(schema)

const DEPTH = 32
/** A body of a megabyte could have a hundred thousand; nobody reads them. */
const SHOWN = 100

/**
 * Checks a request against the JSON Schema of its message and throws all problems together, each with the field,
 * what is wrong in words, and the way out. In a `message` (gRPC) false can't be told from absent, in JSON it can.
 */
export function validate(method: Method, request: Json, from: 'json' | 'message'): void {
  const check = ajv.getSchema(method.request)
  if (!check) throw bug(`the contracts have no schema of ${method.request}`)
  const problems: Problem[] = []
  if (!check(request)) {
    const errors = (check.errors ?? []).filter((error) => from === 'json' || !isAbsentFalse(error))
    problems.push(...errors.map(inWords))
  }
  problems.push(...unprintable(request, '', DEPTH))
  if (problems.length > 0) throw invalid(problems.slice(0, SHOWN))
}

function isAbsentFalse(error: NonNullable<ReturnType<typeof ajv.compile>['errors']>[number]): boolean {
  if (error.keyword !== 'required') return false
  return error.parentSchema?.properties?.[error.params.missingProperty]?.type === 'boolean'
}

// Line ends and tabs are part of keys and CSV; all others break logs, terminals and PostgreSQL's text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/

function unprintable(value: unknown, field: string, depth: number): Problem[] {
  if (typeof value === 'string') {
    if (!CONTROL.test(value) && value.isWellFormed()) return []
    return [{ field, message: 'holds control characters', hint: 'Use only characters that can be printed.' }]
  }
  if (typeof value !== 'object' || value === null || depth === 0) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = Array.isArray(value) ? `${field}[${name}]` : field ? `${field}.${name}` : name
    const own = unprintable(name, field || 'name of a field', 1)
    return [...own, ...unprintable(inner, at, depth - 1)]
  })
}
