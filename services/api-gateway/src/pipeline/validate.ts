import type { Method } from '@slipway/contracts'
import { schemas } from '@slipway/contracts'
import { bug, type Problem } from '@slipway/errors'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { blankOf, type Misfit, type Path } from './leave-out.ts'
import type { Json } from './wire.ts'
import { fieldOf, inWords, pathOf } from './words.ts'

const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false })
formats.default(ajv, ['date-time'])
for (const schema of Object.values(schemas)) ajv.addSchema(schema)

const DEPTH = 32

/** A problem of a request's form, and the value that has to go before the rest can be looked at. */
export type FormProblem = { problem: Problem; misfit?: Misfit }

/**
 * Checks a request against the JSON Schema of its message and answers all problems together, each with the field, what is
 * wrong in words, and the way out. In a `message` (gRPC) false can't be told from absent, in JSON it can.
 */
export function validate(method: Method, request: Json, from: 'json' | 'message'): FormProblem[] {
  const check = ajv.getSchema(method.request)
  if (!check) throw bug(`the contracts have no schema of ${method.request}`)
  const errors = check(request) ? [] : (check.errors ?? [])
  const real = errors.filter((error) => from === 'json' || !isAbsentFalse(error))
  return [
    ...real.map((error) => ({ problem: inWords(error), ...misfitOf(error) })),
    ...unprintable(request, [], DEPTH),
  ]
}

function isAbsentFalse(error: ErrorObject): boolean {
  if (error.keyword !== 'required') return false
  return error.parentSchema?.properties?.[error.params.missingProperty]?.type === 'boolean'
}

function misfitOf({ keyword, instancePath, params, parentSchema }: ErrorObject): { misfit?: Misfit } {
  // What is missing needs not to be left out.
  if (keyword === 'required') return {}
  const path = pathOf(instancePath)
  if (keyword === 'additionalProperties') {
    return { misfit: { path: [...path, String(params.additionalProperty)], blank: '' } }
  }
  return { misfit: { path, blank: blankOf(parentSchema?.type) } }
}

// Line ends and tabs are part of keys and CSV; all others break logs, terminals and PostgreSQL's text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/

function unprintable(value: unknown, path: Path, depth: number): FormProblem[] {
  if (typeof value === 'string') return isPrintable(value) ? [] : [unprintableAt(path, fieldOf(path))]
  if (typeof value !== 'object' || value === null || depth === 0) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = [...path, name]
    if (isPrintable(name)) return unprintable(inner, at, depth - 1)
    return [unprintableAt(at, path.length > 0 ? fieldOf(path) : 'name of a field')]
  })
}

function isPrintable(text: string): boolean {
  return !CONTROL.test(text) && text.isWellFormed()
}

function unprintableAt(path: Path, field: string): FormProblem {
  const hint = 'Use only characters that can be printed.'
  return { problem: { field, message: 'holds control characters', hint }, misfit: { path, blank: '' } }
}
