import type { Static, TObject } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { invalid, type Problem } from '@slipway/errors'

/**
 * Reads settings from an environment by a schema whose property names are variable names (SLIPWAY_RPC_LISTEN).
 * Texts become numbers and booleans where the schema says so, defaults are filled in, and all problems come together.
 */
export function readConfig<S extends TObject>(schema: S, env: Record<string, string | undefined>): Static<S> {
  const given = Object.fromEntries(Object.keys(schema.properties).map((name) => [name, env[name]]))
  const config = Value.Convert(schema, Value.Default(schema, Value.Clean(schema, given)))
  const problems: Problem[] = [...Value.Errors(schema, config)].map((error) => ({
    field: error.path.slice(1),
    message: error.value === undefined ? 'is not set' : error.message,
    hint: String(error.schema.description ?? 'Set this environment variable.'),
  }))
  if (problems.length > 0) throw invalid(problems)
  return config as Static<S>
}
