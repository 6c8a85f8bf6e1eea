import { queryOptions } from '@tanstack/react-query'
import { Problem } from '../problem/problem.ts'
import { told } from './client.ts'

/** What the API says about a field: what it is when left out, and what it may be. */
export type Rule = {
  type?: string
  default?: string | number | boolean
  enum?: readonly string[]
  description?: string
}

type Schema = Rule & { $ref?: string; items?: Schema; properties?: Record<string, Schema> }
type Document = { components: { schemas: Record<string, Schema> } }

/** The rules that the API checks requests by, as it tells them itself. */
export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: async (): Promise<Document> => {
    const response = await fetch('/api/v1/openapi.json').catch((cause: unknown) => {
      throw Problem.unreachable(cause)
    })
    return told(Promise.resolve({ response, data: (await response.json()) as Document }))
  },
  staleTime: Number.POSITIVE_INFINITY,
})

/** The rule of a field of a message: `network.podCidr` of `cluster.v1.ClusterSpec`. */
export function ruleOf(document: Document | undefined, message: string, path: readonly string[]): Rule {
  let schema = document?.components.schemas[`slipway.${message}`]
  for (const part of path) {
    schema = resolved(document, schema)?.properties?.[part]
  }
  return resolved(document, schema) ?? {}
}

function resolved(document: Document | undefined, schema: Schema | undefined): Schema | undefined {
  if (!schema?.$ref) return schema
  return document?.components.schemas[schema.$ref.split('/').at(-1) ?? '']
}
