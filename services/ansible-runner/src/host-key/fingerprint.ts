import { createHash } from 'node:crypto'

/** The fingerprint that people compare of a `type key` line: SHA256:… as ssh-keygen -l shows it. */
export function fingerprint(key: string): string {
  const [, body = ''] = key.split(' ')
  const digest = createHash('sha256').update(Buffer.from(body, 'base64')).digest('base64')
  return `SHA256:${digest.replace(/=+$/, '')}`
}
