import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { rootCertificates } from 'node:tls'
import { SlipwayError, unavailable } from '@slipway/errors'
import { type Digest, measure } from './digest.ts'
import type { UpstreamEnvironment } from './environment.ts'

type Headers = Readonly<Record<string, string>>
type Ask = { method?: 'GET' | 'HEAD'; headers?: Headers; deadlineMs?: number }

/** Upstream sites over HTTP(S), through the operator's proxy and trusting the operator's CAs. */
export type Upstream = {
  /** Whether this address answers within three seconds; asked once per site and run. */
  isReachable: (url: string, headers?: Headers) => Promise<boolean>
  /** Any answer, redirects followed. The caller consumes the body. */
  ask: (url: string, ask?: Ask) => Promise<IncomingMessage>
  /** A small body as text; Unavailable unless the answer is 200. */
  text: (url: string, headers?: Headers) => Promise<string>
  /** A body as a file, with its digest; Unavailable unless the answer is 200. */
  download: (url: string, file: string, headers?: Headers) => Promise<Digest>
  close: () => void
}

const PROBE_MS = 3_000
const SILENCE_MS = 60_000
const MOST_REDIRECTS = 6

/** Opens the way to upstream sites. */
export async function openUpstream(env: UpstreamEnvironment, signal: AbortSignal): Promise<Upstream> {
  const proxyEnv = { ...env }
  const ca = await trustedCertificates(env)
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, proxyEnv }),
    'https:': new HttpsAgent({ keepAlive: true, proxyEnv, ca }),
  }
  const probes = new Map<string, Promise<boolean>>()

  function askOnce(url: URL, { method = 'GET', headers = {}, deadlineMs = SILENCE_MS }: Ask) {
    return new Promise<IncomingMessage>((resolve, reject) => {
      const secure = url.protocol === 'https:'
      const agent = secure ? agents['https:'] : agents['http:']
      const request = (secure ? httpsRequest : httpRequest)(url, { method, headers, agent, signal }, resolve)
      request.setTimeout(deadlineMs, () => request.destroy(new Error(`silent for ${deadlineMs / 1000} s`)))
      request.on('error', (error) => reject(unreachable(url, error)))
      request.end()
    })
  }

  async function ask(address: string, asked: Ask = {}): Promise<IncomingMessage> {
    let url = new URL(address)
    let headers = asked.headers ?? {}
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      const answer = await askOnce(url, { ...asked, headers })
      const { location } = answer.headers
      if (!location || !answer.statusCode || answer.statusCode < 300 || answer.statusCode >= 400)
        return answer
      answer.resume()
      const next = new URL(location, url)
      // a token is for the site that it was made for
      if (next.origin !== url.origin) headers = withoutToken(headers)
      url = next
    }
    throw unavailable(address, 'redirects without end', 'Look at the address in a browser.')
  }

  async function good(url: string, headers?: Headers): Promise<IncomingMessage> {
    const answer = await ask(url, { headers })
    if (answer.statusCode === 200) return answer
    answer.resume()
    throw unavailable(url, `answered ${answer.statusCode}`, 'Check the address in the release manifest.')
  }

  async function probe(url: string): Promise<boolean> {
    try {
      const answer = await ask(url, { method: 'HEAD', deadlineMs: PROBE_MS })
      answer.resume()
      return answer.statusCode !== undefined && (answer.statusCode < 400 || answer.statusCode === 401)
    } catch (error) {
      if (signal.aborted || !(error instanceof SlipwayError)) throw error
      return false
    }
  }

  return {
    ask,
    isReachable: (url) => {
      const { origin } = new URL(url)
      const known = probes.get(origin) ?? probe(url)
      probes.set(origin, known)
      return known
    },
    text: async (url, headers) => text(await good(url, headers)),
    download: async (url, file, headers) => {
      const meter = measure()
      await pipeline(await good(url, headers), meter.stream, createWriteStream(file), { signal })
      return meter.read()
    },
    close: () => Object.values(agents).forEach((agent) => void agent.destroy()),
  }
}

function unreachable(url: URL, cause: Error) {
  return unavailable(
    url.host,
    `cannot be reached: ${cause.message}`,
    'Check the network, HTTPS_PROXY and SSL_CERT_FILE, or let it be built from Go modules.',
    cause,
  )
}

function withoutToken(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  )
}

/** Node's own roots and those of the operator, or only Node's. */
async function trustedCertificates(env: UpstreamEnvironment): Promise<string[]> {
  const files = [...new Set([env.SSL_CERT_FILE, env.NODE_EXTRA_CA_CERTS])].filter(
    (file) => file !== undefined,
  )
  return [...rootCertificates, ...(await Promise.all(files.map((file) => readFile(file, 'utf8'))))]
}
