import { setTimeout as pause } from 'node:timers/promises'
import type { Ending } from '@slipway/process'
import type { Log } from '@slipway/telemetry'

type Server = { pid: number; ended: Promise<Ending>; stop: () => Promise<void> }

/** A server that is started again whenever it ends by itself: `pid` is that of the one that runs, or ran last. */
export type KeptServer = { pid: () => number; stop: () => Promise<void> }

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000
const LAST_WORDS = 8

/**
 * Keeps a server of our own running, until it is stopped: `begin` starts it, at the same place each time. A PostgreSQL whose
 * disk is full ends, and does not start again before it has room: only who tries again finds out. `onStarted` is told of
 * every start after the first.
 */
export function keepRunning<S extends Server>(
  first: S,
  options: { name: string; begin: () => Promise<S>; onStarted: () => void; log: Log },
): KeptServer {
  const { name, begin, onStarted, log } = options
  const stopping = new AbortController()
  let running: Server = first
  const loop = (async () => {
    for (;;) {
      const { stderr } = await running.ended
      if (stopping.signal.aborted) return
      const said = stderr.split('\n').slice(-LAST_WORDS)
      log.error({ server: name, said }, 'a server ended by itself and is started again')
      await startAgain()
    }
  })()

  async function startAgain(): Promise<void> {
    for (let ms = FIRST_PAUSE_MS; !stopping.signal.aborted; ms = Math.min(ms * 2, LONGEST_PAUSE_MS)) {
      try {
        running = await begin()
        if (stopping.signal.aborted) return await running.stop()
        log.warn({ server: name, pid: running.pid }, 'the server runs again')
        return onStarted()
      } catch (err) {
        log.error({ server: name, err }, 'the server does not start; it is tried again')
        await pause(ms, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
  }

  return {
    pid: () => running.pid,
    stop: async () => {
      stopping.abort()
      await running.stop()
      await loop
    },
  }
}
