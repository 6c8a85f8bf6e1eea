import { get } from 'node:https'
import { createParser } from 'eventsource-parser'
import type { Gateway } from './gateway.ts'

/** One event of a stream. */
// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
export type Heard = { id: string; event: string; data: any }

/**
 * Follows a stream of Server-Sent Events to its end, or until `enough` says so: then the connection is cut hard.
 * Answers what was heard.
 */
export function listen(
  gateway: Gateway,
  path: string,
  to: { token: string; after?: string | undefined; enough?: (heard: readonly Heard[]) => boolean },
): Promise<Heard[]> {
  return new Promise((resolve, reject) => {
    const heard: Heard[] = []
    const url = new URL(`/api/v1${path}`, gateway.gateway.addresses.rest)
    const headers = {
      authorization: `Bearer ${to.token}`,
      ...(to.after ? { 'last-event-id': to.after } : {}),
    }
    let cut = false
    const call = get(url, { ca: gateway.ca, agent: false, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode}`))
      const parser = createParser({
        onEvent: ({ id = '', event = '', data }) => {
          if (cut) return
          heard.push({ id, event, data: JSON.parse(data) })
          if (!to.enough?.(heard)) return
          cut = true
          response.destroy()
          resolve(heard)
        },
      })
      response.on('data', (chunk: Buffer) => parser.feed(chunk.toString()))
      response.once('end', () => resolve(heard))
      response.once('error', (error) => (cut ? undefined : reject(error)))
    })
    call.once('error', (error) => (cut ? undefined : reject(error)))
  })
}
