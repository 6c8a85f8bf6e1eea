import { setTimeout as pause } from 'node:timers/promises'
import type { Bus } from '@slipway/bus'
import type { Log } from '@slipway/telemetry'
import type { PrismaClient } from '../gen/prisma/client.ts'
import type { Line, Words } from './line.ts'
import { publishLines } from './publish.ts'
import { storeBlock } from './store.ts'

const LIVE_MS = 25
const LIVE_BYTES = 256 * 1024
const BLOCK_MS = 1_000
const BLOCK_LINES = 1_000
const BLOCK_BYTES = 1024 * 1024
const AGAIN_MS = 500

/** Where a run's lines go. */
export type Output = {
  /** Numbers lines and passes them on; resolves when there is room for more. */
  write: (words: readonly Words[]) => Promise<void>
  /** Resolves when everything is stored. */
  close: () => Promise<void>
}

/** What an output needs to know of its run. */
export type OutputOf = {
  bus: Bus
  db: PrismaClient
  project: string
  run: string
  /** The replica that holds the run; only it may store. */
  owner: string
  /** The last line that is stored already. */
  after: number
  now: () => Date
  log: Log
  /** Aborted when the run is lost: then nothing more is stored. */
  signal: AbortSignal
  /** Called when the run turns out to be somebody else's. */
  onLost: () => void
}

/**
 * Sends lines out live (batches of 25 ms or 256 KiB on JetStream) and stores them (blocks of 1,000 lines, 1 MiB or 1 s).
 * Rows are the truth and JetStream is only faster: when NATS is away, followers read rows. Not more than a batch and a block
 * are ever kept here.
 */
export function openOutput(of: OutputOf): Output {
  const { now, log } = of
  let sequence = of.after
  const live = collector(LIVE_MS, (lines) =>
    publishLines(of, lines).catch((error) => log.warn({ err: error, run: of.run }, 'live output is late')),
  )
  const stored = collector(BLOCK_MS, (lines) => storeSurely(of, lines))
  return {
    write: async (words) => {
      for (const one of words) {
        sequence += 1
        const line: Line = { ...one, sequence, at: now() }
        if (live.add(line) >= LIVE_BYTES) await live.flush()
        if (stored.add(line) >= BLOCK_BYTES || stored.size() >= BLOCK_LINES) await stored.flush()
      }
    },
    close: async () => {
      await live.flush()
      await stored.flush()
    },
  }
}

/** Stores a block; while the database is away it tries again, until the run is lost by that. */
async function storeSurely(of: OutputOf, lines: readonly Line[]): Promise<void> {
  while (!of.signal.aborted) {
    try {
      if (!(await storeBlock(of.db, { run: of.run, owner: of.owner, lines }))) of.onLost()
      return
    } catch (error) {
      of.log.warn({ err: error, run: of.run }, 'a block of output waits for the database')
      await pause(AGAIN_MS)
    }
  }
}

/** Gathers lines and hands them on in order, at the latest `ms` after the first. */
function collector(ms: number, handOn: (lines: readonly Line[]) => Promise<void>) {
  let lines: Line[] = []
  let bytes = 0
  let timer: NodeJS.Timeout | undefined
  let last = Promise.resolve()
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (lines.length === 0) return last
    const full = lines
    lines = []
    bytes = 0
    last = last.then(() => handOn(full))
    return last
  }
  return {
    flush,
    size: () => lines.length,
    /** Answers the bytes that wait. */
    add: (line: Line): number => {
      lines.push(line)
      bytes += line.text.length + line.task.length + line.host.length + 40
      timer ??= setTimeout(flush, ms)
      return bytes
    },
  }
}
