import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import serveFiles from '@fastify/static'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ROOT } from './answer.ts'

/** Where files stand whose names change with what is in them. */
const ASSETS = '/assets/'
const NONCE = '__NONCE__'
const YEAR = '365d'

/**
 * Serves the console's files and answers its page: for every address outside of the API that a browser asks a page for, as
 * the console's addresses are read in the browser. Answers whether it did.
 */
export async function serveConsole(app: FastifyInstance, dir: string | undefined) {
  const page = dir && join(dir, 'index.html')
  if (!dir || !page || !existsSync(page)) return async () => false
  await app.register(async (files) => {
    // Ways out of the folder and the folder itself are forbidden by name: here they are not there, like all that is none of it.
    files.setErrorHandler<FastifyError>((error, _request, reply) => {
      if ((error.statusCode ?? 500) >= 500) throw error
      reply.callNotFound()
    })
    await files.register(serveFiles, {
      root: join(dir, 'assets'),
      prefix: ASSETS,
      immutable: true,
      maxAge: YEAR,
      index: false,
      preCompressed: true,
      decorateReply: false,
    })
  })
  return async (request: FastifyRequest, reply: FastifyReply): Promise<boolean> => {
    if (!isForPage(request)) return false
    const nonce = randomBytes(16).toString('base64')
    const html = (await readFile(page, 'utf8')).replaceAll(NONCE, nonce)
    reply
      .code(200)
      .headers({
        'content-security-policy': policyOf(nonce),
        'cache-control': 'no-cache',
        'content-type': 'text/html; charset=utf-8',
      })
      .send(html)
    return true
  }
}

function isForPage({ method, url, headers }: FastifyRequest): boolean {
  const path = url.split('?')[0] ?? ''
  if (method !== 'GET' || `${path}/`.startsWith(`${ROOT}/`) || path.startsWith(ASSETS)) return false
  return /\btext\/html\b/.test(headers.accept ?? '')
}

/** Nothing from elsewhere, no script and no style that is not ours; antd's styles carry the page's nonce. */
function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
