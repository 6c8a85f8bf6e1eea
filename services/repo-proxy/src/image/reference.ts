import { invalid } from '@slipway/errors'
import { type Digest, parseOciDigest } from '../blob/digest.ts'

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)
const LONGEST_NAME = 255

/** What comes after /manifests/. */
export type Reference = { digest: Digest } | { tag: string }

/** Refuses what the distribution protocol does not allow as a repository name. */
export function requireName(name = ''): string {
  if (NAME.test(name) && name.length <= LONGEST_NAME) return name
  throw invalid([
    {
      field: 'name',
      message: 'is not a repository name',
      hint: `Write parts of a-z, 0-9 and . _ - with / between them, ${LONGEST_NAME} characters at most.`,
    },
  ])
}

/** Reads a tag or a digest. */
export function parseReference(text = ''): Reference {
  if (text.includes(':')) return { digest: parseOciDigest(text) }
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text)) return { tag: text }
  throw invalid([
    {
      field: 'tag',
      message: 'is not a tag',
      hint: 'Write letters, digits and . _ -, 128 characters at most, or sha256:<hex>.',
    },
  ])
}
