import { request } from 'node:https'

/** An answer as it came over the wire. */
type Heard = {
  status: number
  headers: Record<string, string | undefined>
  bytes: Buffer
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  json: any
}

/** What goes with a call: a token, headers, and a body that is sent as JSON unless it is bytes or text. */
type Sent = { token?: string; headers?: Record<string, string>; body?: unknown }

export type Rest = (verb: string, path: string, sent?: Sent) => Promise<Heard>

/** Paths that are meant as they stand; the others lie below /api/v1. */
const OUTSIDE = /^\/(api\/|healthz$|readyz$)/

/** Calls a gateway by HTTPS, trusting the install's CA alone. */
export function restClient(base: string, ca: string): Rest {
  return (verb, path, { token, headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const raw = typeof body === 'string' || Buffer.isBuffer(body)
      const bytes = raw ? body : body === undefined ? undefined : JSON.stringify(body)
      const url = new URL(OUTSIDE.test(path) ? path : `/api/v1${path}`, base)
      const call = request(
        url,
        {
          method: verb,
          ca,
          agent: false,
          headers: {
            ...(bytes === undefined ? {} : { 'content-type': 'application/json' }),
            ...(bytes === undefined ? {} : { 'content-length': Buffer.byteLength(bytes) }),
            ...(token ? { authorization: `Bearer ${token}` } : {}),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.once('error', reject)
          response.once('end', () => {
            const bytes = Buffer.concat(chunks)
            const text = bytes.toString()
            const isJson = /json/.test(response.headers['content-type'] ?? '')
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers as Heard['headers'],
              bytes,
              text,
              json: isJson && text ? JSON.parse(text) : undefined,
            })
          })
        },
      )
      call.once('error', reject)
      call.end(bytes)
    })
}
