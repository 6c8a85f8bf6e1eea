import { createHash } from 'node:crypto'

// What ssh itself prefers, so that the fingerprint shown is the one that a person sees on logging in.
const preferred = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521']
const LINE = /(?:^|\s)((?:ssh|ecdsa|sk)-[a-z0-9@.-]+)\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/

/** Host keys out of known_hosts lines, as `<type> <base64>`: without host pattern and comment, the preferred first. */
export function readHostKeys(text: string): string[] {
  const keys = text.split('\n').flatMap((line) => {
    const [, type, blob] = LINE.exec(line) ?? []
    return type && blob ? [`${type} ${blob}`] : []
  })
  return [...new Set(keys)].sort((a, b) => rank(a) - rank(b))
}

/** `SHA256:…` of the first key, as ssh prints it; '' when there is none. */
export function fingerprintOf(keys: readonly string[]): string {
  const [, blob] = keys[0]?.split(' ') ?? []
  if (!blob) return ''
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64')
  return `SHA256:${digest.replace(/=+$/, '')}`
}

function rank(key: string): number {
  const at = preferred.indexOf(key.split(' ')[0] ?? '')
  return at < 0 ? preferred.length : at
}
