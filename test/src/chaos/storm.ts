import type { Draw } from './draw.ts'
import type { MachineProcess } from './machine-process.ts'
import type { Site } from './site.ts'
import { type Struck, strike } from './strike.ts'

/** A fault that waits for its moment. */
export type Storm = {
  /** Tells that the request, or a step, was seen to begin. */
  begins: (step: string) => void
  /** Tells that something moved. */
  moves: () => void
  /** When the first thing moved after it had struck. */
  movedAt: () => number | undefined
  /** What ran when it struck. */
  ran: MachineProcess[]
  /** Resolves when it has struck, or never will. */
  struck: () => Promise<Struck | undefined>
  /** Resolves when everything that was killed is there again. */
  over: () => Promise<Struck | undefined>
}

/** A playbook is not there at each moment of a step: one that comes soon will do. */
const SOON_MS = 10_000
const LOOK_MS = 100

/** Waits for the drawn moment and strikes. */
export function brew(site: Site, draw: Draw, how: { cutMs: number; on: readonly string[] }): Storm {
  const ran: MachineProcess[] = []
  let moved: number | undefined
  let last: Struck | undefined
  let striking: Promise<Struck | undefined> = Promise.resolve(undefined)
  let begun = false

  async function waitAndStrike(): Promise<Struck | undefined> {
    await pause(draw.moment.delayMs)
    for (const end = Date.now() + SOON_MS; ; await pause(LOOK_MS)) {
      ran.push(...(await site.services.runs()))
      last = await strike(site, draw, how)
      if (last || Date.now() > end) return last
    }
  }

  return {
    begins: (step) => {
      if (begun || step !== draw.moment.after) return
      begun = true
      striking = waitAndStrike()
      striking.catch(() => {}) // whoever asks for it hears of it
    },
    moves: () => {
      if (last) moved ??= Date.now()
    },
    movedAt: () => moved,
    ran,
    struck: () => striking,
    over: async () => {
      const struck = await striking
      await struck?.whole
      return struck
    },
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
