import createClient from 'openapi-fetch'
import type { components, operations, paths } from '../gen/api.ts'
import { Problem } from '../problem/problem.ts'

/** The REST API, typed by docs/openapi.json; the session is in a cookie that goes along by itself. */
export const api = createClient<paths>({ baseUrl: '/' })

/** A message of the contracts: `Message<'cluster.v1.Cluster'>`. */
export type Message<Name extends Short> = components['schemas'][`slipway.${Name}`]
type Short = keyof components['schemas'] extends infer Full
  ? Full extends `slipway.${infer Name}`
    ? Name
    : never
  : never

/** The name of a call in the API document: `ClusterService_CreateCluster`. */
export type Operation = keyof operations

/** What a call takes in its query. */
export type QueryOf<Name extends Operation> = NonNullable<operations[Name]['parameters']['query']>

type Asked<T> = Promise<{ data?: T; error?: unknown; response: Response }>

/** What a call answers; throws a Problem, the only kind of failure that the console knows. */
export async function told<T>(asked: Asked<T>): Promise<T> {
  const { data, error, response } = await asked.catch((cause: unknown) => {
    throw Problem.unreachable(cause)
  })
  if (!response.ok) throw Problem.from(response, error)
  return data as T
}
