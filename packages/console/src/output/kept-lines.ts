import { isError, type Line, type RunHeard } from './line.ts'

/** Lines that are kept and asked for together. */
export const CHUNK = 500
// 100,000 lines of a hundred characters take 15 MB; whatever else is looked at is read from the API again.
const CHUNKS = 200

type Chunk = (Line | undefined)[]

/** The lines of an operation that are at hand, of each run by their number. Memory is bounded: what was looked at longest ago goes. */
export type KeptLines = {
  /** A line that came live; false when it was heard before. */
  hear: (run: string, line: Line) => boolean
  /** Lines that were read anew. */
  fill: (run: string, lines: readonly Line[]) => void
  /** Lines from a number on; undefined for those that have to be read first. */
  read: (run: string, first: number, count: number) => (Line | undefined)[]
  /** What was heard of each run. */
  heard: Map<string, RunHeard>
}

/** Begins with what was heard before a reload. */
export function keepLines(before: Iterable<[string, RunHeard]> = []): KeptLines {
  const heard = new Map(before)
  const chunks = new Map<string, Chunk>()
  let at = { key: '', chunk: [] as Chunk }

  function chunkOf(run: string, sequence: number): Chunk {
    const key = `${run} ${Math.floor((sequence - 1) / CHUNK)}`
    if (at.key === key) return at.chunk
    const chunk = chunks.get(key) ?? []
    // Maps keep the order of insertion: the first is the one unused for longest.
    chunks.delete(key)
    chunks.set(key, chunk)
    if (chunks.size > CHUNKS) chunks.delete(chunks.keys().next().value ?? '')
    at = { key, chunk }
    return chunk
  }

  return {
    heard,
    hear: (run, line) => {
      const about = heard.get(run) ?? { last: 0, firstError: 0, hosts: {} }
      if (line.sequence <= about.last) return false
      heard.set(run, about)
      about.last = line.sequence
      note(about, line)
      chunkOf(run, line.sequence)[(line.sequence - 1) % CHUNK] = line
      return true
    },
    fill: (run, lines) => {
      for (const line of lines) chunkOf(run, line.sequence)[(line.sequence - 1) % CHUNK] = line
    },
    read: (run, first, count) => {
      const last = heard.get(run)?.last ?? 0
      const length = Math.max(0, Math.min(count, last - first + 1))
      return Array.from({ length }, (_, index) => {
        const sequence = first + index
        return chunkOf(run, sequence)[(sequence - 1) % CHUNK]
      })
    },
  }
}

function note(about: RunHeard, line: Line): void {
  const failed = isError(line)
  if (failed && about.firstError === 0) about.firstError = line.sequence
  if (line.host === '') return
  const host = about.hosts[line.host]
  if (!host) {
    about.hosts[line.host] = { task: line.task, failedAt: failed ? line.sequence : 0 }
    return
  }
  host.task = line.task
  if (failed && host.failedAt === 0) host.failedAt = line.sequence
}
