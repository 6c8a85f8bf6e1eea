import type { Static, TSchema } from '@sinclair/typebox'
import { invalid, type Problem } from '@slipway/errors'
import { Ajv, type ErrorObject } from 'ajv'

const ajv = new Ajv({ allErrors: true, strict: false })

/** Takes an unknown as what a schema says, or throws Invalid with every problem. `name` leads each field's path. */
export function checkShape<T extends TSchema>(schema: T, value: unknown, name: string): Static<T> {
  const problems = shapeProblems(schema, value, name)
  if (problems.length > 0) throw invalid(problems)
  return value as Static<T>
}

/** Every way in which a value differs from a schema. */
export function shapeProblems(schema: TSchema, value: unknown, name: string): Problem[] {
  const validate = ajv.compile(schema)
  if (validate(value)) return []
  return (validate.errors ?? []).filter(saysSomething).map((error) => toProblem(error, name))
}

/** A union reports each branch; its own line and the literal of the branch not meant only repeat. */
function saysSomething({ keyword }: ErrorObject): boolean {
  return keyword !== 'const'
}

function toProblem(error: ErrorObject, name: string): Problem {
  const path = error.instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/')
  const extra: unknown = error.params.additionalProperty
  const field = [name, path, typeof extra === 'string' ? extra : ''].filter(Boolean).join('.')
  if (typeof extra === 'string') {
    return { field, message: 'is not known', hint: 'Remove it or correct its spelling.' }
  }
  return { field, message: error.message ?? 'is wrong', hint: 'Compare with the manifests beside it.' }
}
