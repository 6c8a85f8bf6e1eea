import { timingSafeEqual } from 'node:crypto'
import { invalid } from '@slipway/errors'

/** A SHA-256 as 64 hex digits: how bytes are named inside. Outside, the distribution protocol writes `sha256:<hex>`. */
export type Digest = string

/** Reads `sha256:<hex>`. */
export function parseOciDigest(text: string): Digest {
  return parseDigest(/^sha256:(.*)$/.exec(text)?.[1] ?? '', 'sha256: and 64 hex digits')
}

/** Reads 64 hex digits. */
export function parseDigest(text: string, form = '64 hex digits'): Digest {
  if (/^[0-9a-f]{64}$/.test(text)) return text
  throw invalid([
    { field: 'digest', message: 'is not a SHA-256', hint: `Send the digest of the content as ${form}.` },
  ])
}

/** As the distribution protocol writes it. */
export function ociDigest(digest: Digest): string {
  return `sha256:${digest}`
}

/** Refuses bytes that are not what their sender said. */
export function requireDigest(found: Digest, wanted: Digest): void {
  if (timingSafeEqual(Buffer.from(found), Buffer.from(wanted))) return
  throw invalid([
    {
      field: 'digest',
      message: `the content has SHA-256 ${found}, but ${wanted} was announced`,
      hint: 'Nothing of it was kept. Check the source, then send it again.',
    },
  ])
}
