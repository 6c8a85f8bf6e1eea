import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const FORM = /^slw_([0-9a-f-]{36})_([A-Za-z0-9_-]{43})$/
const BYTES = 32

/** The two halves of an API token `slw_<id>_<secret>`. */
export type TokenParts = { id: string; secret: string }

/** A new secret: 256 random bits. */
export function newSecret(): string {
  return randomBytes(BYTES).toString('base64url')
}

/** The token as a person keeps it. */
export function writeToken({ id, secret }: TokenParts): string {
  return `slw_${id}_${secret}`
}

/** The halves of what was sent, when it has the form of a token. */
export function readToken(text: string): TokenParts | undefined {
  const [, id, secret] = FORM.exec(text) ?? []
  return id && secret ? { id, secret } : undefined
}

/** What is kept of a secret. It has 256 bits of its own, so that a plain SHA-256 can't be searched. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Whether a secret is the one whose digest is kept, in constant time. */
export function matches(secret: string, digest: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(secret), 'hex'), Buffer.from(digest, 'hex'))
}
