import { setTimeout as pause } from 'node:timers/promises'

const EVERY_MS = 1_000

/**
 * Writes the newest of what is said, once a second at most: a drain that moves a thousand pods is no thousand events.
 * `close` stops it and answers what has not been written yet. A write that fails is left to whoever writes next.
 */
export function keepNotes(write: (text: string) => Promise<void>): {
  keep: (text: string) => void
  close: () => Promise<string | undefined>
} {
  const closing = new AbortController()
  let said: string | undefined
  let unwritten: string | undefined
  let writing: Promise<void> | undefined

  async function writeOn(): Promise<void> {
    while (unwritten !== undefined && !closing.signal.aborted) {
      const text = unwritten
      unwritten = undefined
      await write(text).catch(() => {})
      await pause(EVERY_MS, undefined, { signal: closing.signal }).catch(() => {})
    }
    writing = undefined
  }

  return {
    keep: (text) => {
      if (text === said || closing.signal.aborted) return
      said = text
      unwritten = text
      writing ??= writeOn()
    },
    close: async () => {
      closing.abort()
      await writing
      return unwritten
    },
  }
}
