import type { IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { denied, type SlipwayError, unavailable } from '@slipway/errors'
import type { Descriptor } from './layout.ts'

/** Where a repo-proxy answers, whom to trust for it, and the token that may push. */
export type RepoAddress = { baseUrl: string; ca: string; token: string }

/** The few calls that pushing needs. */
export type Repo = {
  has: (path: string) => Promise<boolean>
  /** The SHA-256 that repo-proxy keeps under a path; undefined when nothing is there. */
  digestOf: (path: string) => Promise<string | undefined>
  put: (
    path: string,
    body: Buffer | Readable,
    sha256?: string,
    bytes?: number,
    type?: string,
  ) => Promise<void>
  /** A blob by the distribution protocol: open an upload, then send all of it. */
  putBlob: (base: string, blob: Descriptor, body: Readable) => Promise<void>
  close: () => void
}

type Call = { method: string; headers?: Record<string, string | number>; body?: Buffer | Readable }

const SILENCE_MS = 120_000

/** Opens connections to a repo-proxy. */
export function openRepo({ baseUrl, ca, token }: RepoAddress, signal: AbortSignal): Repo {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca })
  const root = baseUrl.replace(/\/$/, '')

  function call(url: string, { method, headers, body }: Call): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const all = { authorization: `Bearer ${token}`, ...headers }
      const request = httpsRequest(url, { method, headers: all, agent, signal }, resolve)
      request.setTimeout(SILENCE_MS, () => request.destroy(new Error(`silent for ${SILENCE_MS / 1000} s`)))
      request.on('error', (error) => reject(silent(url, error)))
      if (body === undefined) request.end()
      else if (Buffer.isBuffer(body)) request.end(body)
      else pipeline(body, request).catch(reject)
    })
  }

  async function head(path: string): Promise<IncomingMessage | undefined> {
    const answer = await call(`${root}${path}`, { method: 'HEAD' })
    answer.resume()
    if (answer.statusCode === 404) return undefined
    if (answer.statusCode !== 200) throw refused('HEAD', path, answer.statusCode, '')
    return answer
  }

  async function send(url: string, sent: Call): Promise<IncomingMessage> {
    const answer = await call(url, sent)
    const said = await text(answer)
    const status = answer.statusCode ?? 0
    if (status < 200 || status > 299) throw refused(sent.method, new URL(url).pathname, status, said)
    return answer
  }

  return {
    has: async (path) => (await head(path)) !== undefined,
    digestOf: async (path) => {
      const headers = (await head(path))?.headers
      const kept = headers?.['x-slipway-sha256'] ?? headers?.['docker-content-digest']
      return kept === undefined ? undefined : String(kept).replace('sha256:', '')
    },
    put: async (path, body, sha256, bytes, type = 'application/octet-stream') => {
      const length = Buffer.isBuffer(body) ? body.length : (bytes ?? 0)
      const headers = { 'content-type': type, 'content-length': length, ...digestHeaders(sha256) }
      await send(`${root}${path}`, { method: 'PUT', headers, body })
    },
    putBlob: async (base, { digest, size }, body) => {
      const opened = await send(`${root}${base}/blobs/uploads/`, {
        method: 'POST',
        headers: { 'content-length': 0 },
      })
      const url = new URL(opened.headers.location ?? '', `${root}/`)
      url.searchParams.set('digest', digest)
      const headers = { 'content-type': 'application/octet-stream', 'content-length': size }
      await send(url.href, { method: 'PUT', headers, body })
    },
    close: () => agent.destroy(),
  }
}

/** RFC 3230's header and a plain one. */
function digestHeaders(sha256: string | undefined): Record<string, string> {
  if (sha256 === undefined) return {}
  const base64 = Buffer.from(sha256, 'hex').toString('base64')
  return { digest: `sha-256=${base64}`, 'x-slipway-sha256': sha256 }
}

function silent(url: string, cause: Error): SlipwayError {
  return unavailable(
    'repo-proxy',
    `${new URL(url).host} does not answer: ${cause.message}`,
    'Start it, then push again.',
    cause,
  )
}

function refused(method: string, path: string, status: number | undefined, said: string): SlipwayError {
  if (status === 401 || status === 403) {
    return denied(`repo-proxy refused ${method} ${path} (${status})`, 'Push with a token that may write.')
  }
  const words = said.slice(0, 300)
  return unavailable(
    'repo-proxy',
    `answered ${status} to ${method} ${path}: ${words}`,
    'Read its log, then push again.',
  )
}
