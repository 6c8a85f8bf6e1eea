/** Where several sources put what one reader takes, in order and as long as there is room. */
export type Channel<T> = {
  /** Resolves when there is room for more; false when nobody reads any more. */
  put: (value: T) => Promise<boolean>
  /** The next value; undefined after close. */
  take: () => Promise<T | undefined>
  close: () => void
}

/**
 * Makes a channel. A slow reader makes its sources wait, so that nothing piles up: what is held weighs `room` and one more
 * value of each source at most.
 */
export function openChannel<T>(room: number, weightOf: (value: T) => number): Channel<T> {
  const held: T[] = []
  let weight = 0
  let closed = false
  let reader: (() => void) | undefined
  let writers: (() => void)[] = []
  const wakeAll = () => {
    reader?.()
    for (const writer of writers.splice(0)) writer()
  }
  return {
    put: async (value) => {
      while (weight >= room && !closed) await new Promise<void>((resolve) => writers.push(resolve))
      if (closed) return false
      held.push(value)
      weight += weightOf(value)
      reader?.()
      return true
    },
    take: async () => {
      while (held.length === 0 && !closed) {
        await new Promise<void>((resolve) => {
          reader = resolve
        })
      }
      const value = held.shift()
      if (value !== undefined) weight -= weightOf(value)
      const waiting = writers
      writers = []
      for (const writer of waiting) writer()
      return closed ? undefined : value
    },
    close: () => {
      closed = true
      held.length = 0
      wakeAll()
    },
  }
}
