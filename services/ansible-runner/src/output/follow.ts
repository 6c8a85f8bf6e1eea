import { type Bus, followSubject, outputSubject } from '@slipway/bus'
import { OutputBatch } from '@slipway/contracts/run/v1/run_service'
import type { PrismaClient } from '../gen/prisma/client.ts'
import type { Line } from './line.ts'
import { isMark } from './publish.ts'
import { storedLines } from './store.ts'
import { fromWire } from './wire.ts'

// What a follower is behind at most when NATS lost lines or an end mark.
const LOOK_AGAIN_MS = 3_000

/**
 * Lines of a run after a sequence, each once and in order, to the run's end: stored ones from rows, then live ones from
 * JetStream. What is missing there (it keeps only so much) comes from rows. `look` asks how the run stands now.
 */
export async function* followOutput(options: {
  bus: Bus
  db: PrismaClient
  project: string
  run: string
  after: number
  look: () => Promise<{ ended: boolean; lastSequence: number }>
  signal: AbortSignal
}): AsyncGenerator<Line[]> {
  const { bus, db, project, run, look, signal } = options
  let seen = options.after
  while (!signal.aborted) {
    // asked before the rows are read, as the last rows come before the end
    const { ended } = await look()
    for await (const lines of storedLines(db, { run, after: seen })) {
      seen = lines.at(-1)?.sequence ?? seen
      if (lines.length > 0) yield lines
    }
    if (ended) return
    const behind = new AbortController()
    let before = seen
    const timer = setInterval(async () => {
      const now = await look().catch(() => undefined)
      // Live lines that still come are late, not lost: reading the run again from its beginning would make them later.
      const stuck = seen === before && now !== undefined && now.lastSequence > seen
      if (now?.ended || stuck) behind.abort()
      before = seen
    }, LOOK_AGAIN_MS)
    try {
      const until = AbortSignal.any([signal, behind.signal])
      for await (const body of followSubject(bus, 'OUTPUT', outputSubject(project, run), until)) {
        const lines = OutputBatch.decode(body).lines.map(fromWire)
        if (lines.some((line) => isMark(line)) && (await look()).ended) break
        const fresh = lines.filter((line) => line.sequence > seen)
        if (fresh.length === 0) continue
        if (fresh[0]?.sequence !== seen + 1) break
        seen = fresh.at(-1)?.sequence ?? seen
        yield fresh
      }
    } finally {
      clearInterval(timer)
    }
  }
}
