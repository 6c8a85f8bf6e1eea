/** Part of a file: first and last byte. */
export type Range = { first: number; last: number }

/**
 * Reads a Range header (RFC 9110) against a size. `whole` when there is none, when it is malformed or asks for
 * several parts (a server may ignore those), `unsatisfiable` when it lies outside.
 */
export function readRange(header: string | undefined, bytes: number): Range | 'whole' | 'unsatisfiable' {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return 'whole'
  if (from === '') {
    const suffix = Number(to)
    if (suffix === 0 || bytes === 0) return 'unsatisfiable'
    return { first: Math.max(0, bytes - suffix), last: bytes - 1 }
  }
  const first = Number(from)
  if (to !== '' && Number(to) < first) return 'whole'
  if (first >= bytes) return 'unsatisfiable'
  return { first, last: to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1) }
}
