import type { Log } from '@slipway/telemetry'

/** What was opened and how it is closed again, in order. */
export type Closing = {
  /** Remembers how to close what was just opened. */
  add: (name: string, close: () => unknown) => void
  /** Closes everything, the last opened first; one that fails does not keep the others open. */
  close: () => Promise<void>
}

/** Who opens, closes: push the release when you open, and call `close` also when a start fails half-way. */
export function closing(log: Log): Closing {
  const opened: { name: string; close: () => unknown }[] = []
  return {
    add: (name, close) => void opened.push({ name, close }),
    close: async () => {
      for (const { name, close } of opened.splice(0).reverse()) {
        try {
          await close()
        } catch (error) {
          log.warn({ err: error, name }, 'something did not close')
        }
      }
    },
  }
}
