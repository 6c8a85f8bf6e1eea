import type { ObjectServiceServer } from '@slipway/contracts/object/v1/object_service'
import type { Client } from '@slipway/rpc'
import type { Own } from '../pipeline/handle.ts'

/** The streams of ObjectService, handed on from cluster-manager, which answers the other methods itself. */
export function objectHandlers(objects: Client<ObjectServiceServer>): Own<ObjectServiceServer> {
  return {
    watchObjects: async (request, { forward, signal }) =>
      oneByOne(objects.watchObjects(request, { ...forward, signal })),
    watchLog: async (request, { forward, signal }) =>
      oneByOne(objects.watchLog(request, { ...forward, signal })),
  }
}

async function* oneByOne<T>(source: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  for await (const value of source) yield [value]
}
