import type { IncomingHttpHeaders } from 'node:http'
import { invalid } from '@slipway/errors'
import { type Digest, parseDigest } from './digest.ts'

/** The digest that a push announces. */
export function announcedDigest(headers: IncomingHttpHeaders): Digest {
  const given = headers['x-slipway-sha256']
  if (typeof given === 'string') return parseDigest(given)
  throw invalid([
    {
      field: 'digest',
      message: 'no SHA-256 was announced',
      hint: 'Send it as header x-slipway-sha256, 64 hex digits.',
    },
  ])
}
