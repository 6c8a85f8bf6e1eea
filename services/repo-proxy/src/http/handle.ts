import type { IncomingMessage, ServerResponse } from 'node:http'
import { invalid, toSlipwayError } from '@slipway/errors'
import type { Repo } from '../repo.ts'
import { authenticate } from '../token/authenticate.ts'
import { admit } from './admit.ts'
import type { Answer } from './exchange.ts'
import { refusal, wrongMethod } from './refuse.ts'
import { match, type Route } from './route.ts'
import { writeAnswer } from './write.ts'

// What a refused client may still send before it is cut off; until then it can read the refusal.
const UNWANTED_BYTES = 16 * 1024 * 1024

/** Answers requests by a table of routes; who asks is known before anything else is looked at. */
export function answerBy(
  routes: readonly Route[],
  repo: Repo,
  realm: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { log } = repo

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<Answer> {
    const grant = await authenticate(repo, request.headers.authorization)
    const method = request.method ?? ''
    const found = match(routes, method, url.pathname)
    if ('allowed' in found) return wrongMethod(url.pathname, method, found.allowed)
    admit(grant, found.route, found.params)
    return found.route.answer(repo, {
      method,
      params: found.params,
      query: url.searchParams,
      headers: request.headers,
      body: () => {
        if (request.headers.expect !== undefined) response.writeContinue()
        return request
      },
    })
  }

  return async (request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    try {
      const url = urlOf(request)
      await writeAnswer(request, response, await answer(request, response, url))
    } catch (error) {
      if (request.destroyed && !request.complete) return void log.debug({ path }, 'a client left half-way')
      const { code, cause } = toSlipwayError(error)
      if (code === 'Bug' || code === 'Unavailable' || code === 'Exhausted') {
        log.error({ err: cause ?? error, path }, 'a request failed')
      }
      if (response.headersSent) return void response.destroy()
      await writeAnswer(request, response, refusal(error, { path, realm }))
    } finally {
      limitRest(request)
    }
  }
}

/** The URL with dot segments resolved: apt asks for `./InRelease`. */
function urlOf({ url = '' }: IncomingMessage): URL {
  const parsed = url.startsWith('/') ? URL.parse(`https://repo${url}`) : null
  if (parsed) return parsed
  throw invalid([{ field: 'path', message: 'is not a path', hint: 'Ask for a path that begins with /.' }])
}

/** Lets go of a body that nobody wants. */
function limitRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > UNWANTED_BYTES) request.destroy()
  })
  request.resume()
}
