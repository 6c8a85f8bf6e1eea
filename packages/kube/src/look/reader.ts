import type { Dispatcher } from 'undici'
import { asking } from '../client.ts'
import { keptConnections } from '../kept.ts'
import { type ClusterAddress, serverOf } from '../kubeconfig.ts'

/** Who is behind a request: the API server gives what this user and group may have, and no more. */
export type Impersonated = { user: string; group: string }

/** Where at the API server, and in which form. */
type Reading = { path: string; query?: Record<string, string>; accept?: string }

/** Reads of an API server on somebody's behalf. */
export type Reader = {
  /** A whole answer; refused after 15 s. `what` stands in errors. */
  json: (what: string, reading: Reading) => Promise<unknown>
  /** An answer line by line, for as long as the API server goes on or until the reader's signal aborts. */
  lines: (what: string, reading: Reading) => AsyncIterable<string>
  close: () => void
}

const REQUEST_MS = 15_000

/**
 * Opens the API server as somebody else (Kubernetes: user impersonation), by the rights of a kubeconfig that may do so. Every
 * request ends when `signal` aborts.
 */
export async function openReader(options: {
  kubeconfig: string
  at: ClusterAddress
  as: Impersonated
  signal: AbortSignal
}): Promise<Reader> {
  const { kubeconfig, at, as, signal } = options
  const { dispatcher, giveBack } = await keptConnections(kubeconfig, at)
  const ask = async ({ path, query = {}, accept = 'application/json' }: Reading, ends: AbortSignal) => {
    const answer = await dispatcher.request({
      origin: serverOf(at),
      path: `${path}?${new URLSearchParams(query)}`,
      method: 'GET',
      headers: { accept, 'impersonate-user': as.user, 'impersonate-group': as.group },
      signal: ends,
      // A stream may be silent for long; what has a deadline ends by its signal.
      bodyTimeout: 0,
    })
    if (answer.statusCode >= 400) throw await refusal(answer)
    return answer.body
  }
  return {
    json: (what, reading) =>
      asking(what, async () => {
        const body = await ask(reading, AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]))
        return body.json()
      }),
    lines: async function* (what, reading) {
      const body = await asking(what, () => ask(reading, signal))
      // Who stops reading in the middle cuts it; that is no error of anybody.
      body.on('error', () => {})
      let rest = ''
      for await (const text of body.setEncoding('utf8')) {
        const lines = `${rest}${text}`.split('\n')
        rest = lines.pop() ?? ''
        yield* lines
      }
      if (rest) yield rest
    },
    close: giveBack,
  }
}

/** An answer that is an error, in the form in which the Kubernetes client throws it. */
async function refusal({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Error> {
  return Object.assign(new Error(`answered ${statusCode}`), {
    ...{ code: statusCode, headers, body: await body.text() },
  })
}
