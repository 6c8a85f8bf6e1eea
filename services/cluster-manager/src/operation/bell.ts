/** Something to wait for that many may ring; a ring that nobody waits for is kept for the next to wait. */
export type Bell = { ring: () => void; wait: (ms: number) => Promise<void> }

/** Makes a bell. */
export function createBell(): Bell {
  let rung = false
  let wake = () => {}
  return {
    ring: () => {
      rung = true
      wake()
    },
    wait: (ms) =>
      new Promise((resolve) => {
        const heard = () => {
          clearTimeout(timer)
          wake = () => {}
          rung = false
          resolve()
        }
        const timer = setTimeout(heard, ms)
        wake = heard
        if (rung) heard()
      }),
  }
}
