import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** Named groups of a route's pattern, decoded. */
export type Params = Readonly<Record<string, string>>

/** A request as routes see it: admitted, its path taken apart. */
export type Asked = {
  method: string
  params: Params
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** The body; asking for it tells a client that waits (Expect: 100-continue) to send it. */
  body: () => Readable
}

/** What an answer carries: bytes in memory, or a file that is streamed, whole or in part. */
export type Content =
  | { kind: 'bytes'; bytes: Buffer; etag?: string; changedAt?: Date }
  | { kind: 'file'; file: string; etag: string; changedAt?: Date }

/** An answer as routes give it. HEAD, ranges and conditions are the writer's work. */
export type Answer = { status: number; headers?: Record<string, string>; content?: Content }

/** A value as JSON content. */
export function json(value: unknown): Content {
  return { kind: 'bytes', bytes: Buffer.from(JSON.stringify(value)) }
}
