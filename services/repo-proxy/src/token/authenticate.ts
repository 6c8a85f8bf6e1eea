import { timingSafeEqual } from 'node:crypto'
import { unauthenticated } from '@slipway/errors'
import type { Repo } from '../repo.ts'
import { tokenOf } from './store.ts'
import { type Grant, hashOf, parseAuthorization } from './token.ts'

/** What the token of an Authorization header allows. Every request reads the row, so that a revoked token ends at once. */
export async function authenticate({ database, now }: Repo, header: string | undefined): Promise<Grant> {
  const given = parseAuthorization(header)
  if (!given) throw refused('No token was sent.')
  const token = await tokenOf(database, given.id)
  const hash = hashOf(given.secret)
  const isRight = timingSafeEqual(token?.hash ?? Buffer.alloc(hash.length), hash)
  if (!token || !isRight) throw refused('This token is not known, or it was revoked.')
  if (token.expiresAt && token.expiresAt <= now()) throw refused('This token has expired.')
  return token.kind === 'push' ? { kind: 'push' } : { kind: 'pull', repositories: token.repositories }
}

function refused(message: string) {
  return unauthenticated(
    message,
    'Send a token of this repository as Bearer, or as password with any user name.',
  )
}
