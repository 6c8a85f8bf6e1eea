import { pathOf } from './place.ts'
import type { Reader } from './reader.ts'

/** Which output of which container. */
export type LogWish = {
  namespace: string
  pod: string
  /** The only one, or the pod's first, when empty. */
  container: string
  /** Of the container's life before this one. */
  previous: boolean
  tailLines: number
  /** The time of the last line that was read; takes the place of tailLines. */
  after: string
}

/** Lines of a container with the time of each, and on as it prints them; ends with the container. */
export async function* followLog(
  reader: Reader,
  wish: LogWish,
): AsyncGenerator<{ at: string; text: string }> {
  const { namespace, pod, container, previous, tailLines, after } = wish
  const path = `${pathOf({ apiVersion: 'v1', resource: 'pods', namespace, name: pod })}/log`
  const query = {
    timestamps: 'true',
    ...(container ? { container } : {}),
    ...(previous ? { previous: 'true' } : { follow: 'true' }),
    ...(after ? { sinceTime: after } : { tailLines: String(tailLines) }),
  }
  for await (const line of reader.lines(`reading the log of ${pod}`, { path, query })) {
    const space = line.indexOf(' ')
    const at = line.slice(0, space)
    // The API server takes whole seconds: what came in the same one was read before.
    if (after && nanoseconds(at) <= nanoseconds(after)) continue
    yield { at, text: line.slice(space + 1) }
  }
}

/** 2026-11-21T10:00:00.5Z as a text that sorts: fractions have as many digits as they need. */
function nanoseconds(at: string): string {
  const [whole = '', fraction = ''] = at.replace(/Z$/, '').split('.')
  return `${whole}.${fraction.padEnd(9, '0')}`
}
