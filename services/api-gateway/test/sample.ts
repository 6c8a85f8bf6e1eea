import { type Method, schemas } from '@slipway/contracts'

type Schema = {
  $ref?: string
  type?: string
  enum?: string[]
  pattern?: string
  minimum?: number
  minItems?: number
  format?: string
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
}

const texts = ['sample', '10.9.8.7', '30000-32767', '/var/lib/sample', 'cluster.local', '1.36.3']

/** The smallest request of a method that its schema accepts; the fields of its route are `named`. */
export function sampleOf(method: Method, named: Record<string, string>): Record<string, unknown> {
  const schema = schemas[method.request] as Schema
  const fields = Object.keys(schema.properties ?? {})
  const own = Object.entries(named).filter(([name]) => fields.includes(name) && inRoute(method, name))
  return { ...(sample(schema) as object), ...Object.fromEntries(own) } as Record<string, unknown>
}

function inRoute({ route, access }: Method, name: string): boolean {
  if (name === 'project' && access?.scope === 'project') return true
  return route?.path.includes(`{${name}}`) ?? false
}

function sample(schema: Schema): unknown {
  if (schema.$ref) return sample(schemas[schema.$ref.slice(0, -1)] as Schema)
  if (schema.enum) return schema.enum.find((one) => one !== '')
  if (schema.type === 'array')
    return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items ?? {}))
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  if (schema.type === 'boolean') return true
  if (schema.format === 'date-time') return '2026-01-31T12:00:00Z'
  if (schema.type === 'string') return texts.find((one) => new RegExp(schema.pattern ?? '').test(one))
  const required = (schema.required ?? []).map((name) => [name, sample(schema.properties?.[name] ?? {})])
  return Object.fromEntries(required)
}
