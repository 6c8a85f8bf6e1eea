import { operationHasEnded } from '@slipway/contracts'
import type { Operation, OutputLine } from '@slipway/contracts/operation/v1/operation'
import type { WatchOperationResponse } from '@slipway/contracts/operation/v1/operation_service'
import { invalid } from '@slipway/errors'
import { openChannel } from './channel.ts'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'
import { followRun, type RunSource } from './follow-run.ts'

/** Where a watch hears from. */
export type WatchSource = {
  /** The operation as its owner has it now; NotFound when it is not the project's. */
  operation: () => Promise<Operation>
  /** What its events say, from the first and then live. */
  events: (signal: AbortSignal) => AsyncIterable<{ sequence: number; operation: Operation }>
  run: (run: string) => RunSource
}

type Item =
  | { kind: 'operation'; sequence: number; operation: Operation }
  | { kind: 'lines'; run: string; lines: readonly OutputLine[] }
  | { kind: 'run-ended'; run: string }
  | { kind: 'fault'; fault: unknown }

/** Batches that wait for a slow reader; a batch is at most what the runner sends at once. */
const ROOM = 16
/** After so long without the events that must be there, its owner's word is taken: they are older than the stream. */
const MISSED_MS = 5_000

/**
 * Everything that happened and happens in an operation, to its end: its events merged with the output of its runs, each
 * with a cursor after which another watch goes on without losing or doubling anything.
 */
export async function watchOperation(
  source: WatchSource,
  { id, cursor }: { id: string; cursor: string },
  signal: AbortSignal,
): Promise<AsyncIterable<readonly WatchOperationResponse[]>> {
  const now = await source.operation()
  const progress = readCursor(cursor, id)
  if (progress.version > now.version) throw fromElsewhere()
  return follow(source, { now, progress, signal })
}

async function* follow(
  source: WatchSource,
  { now, progress, signal }: { now: Operation; progress: Cursor; signal: AbortSignal },
): AsyncGenerator<readonly WatchOperationResponse[]> {
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  const channel = openChannel<Item>(ROOM)
  ended.addEventListener('abort', channel.close, { once: true })
  if (ended.aborted) channel.close()
  const following = new Set<string>()
  const begun = new Set<string>()
  let wanted = now
  let latest: Operation | undefined
  let missed = setTimeout(takeOwnersWord, MISSED_MS)

  void readEvents()
  try {
    for (let item = await channel.take(); item; item = await channel.take()) {
      if (item.kind === 'fault') throw item.fault
      const out = take(item)
      if (out.length > 0) yield out
      if (await isOver()) return
    }
  } finally {
    clearTimeout(missed)
    ending.abort()
  }

  async function readEvents(): Promise<void> {
    try {
      for await (const event of source.events(ended)) {
        if (!(await channel.put({ kind: 'operation', ...event }))) return
      }
    } catch (fault) {
      await channel.put({ kind: 'fault', fault })
    }
  }

  /** Moves the progress on by one item and answers what the reader has not had yet. */
  function take(item: Exclude<Item, { kind: 'fault' }>): WatchOperationResponse[] {
    if (item.kind === 'run-ended') following.delete(item.run)
    if (item.kind === 'lines') return item.lines.map((line) => lineAfter(item.run, line))
    if (item.kind !== 'operation' || item.sequence <= (latest?.version ?? 0)) return []
    latest = { ...item.operation, version: item.sequence }
    clearTimeout(missed)
    if (latest.version < wanted.version) missed = setTimeout(takeOwnersWord, MISSED_MS)
    for (const { run } of latest.steps) if (run !== '') begin(run)
    if (item.sequence <= progress.version) return []
    progress.version = item.sequence
    const event = { $case: 'operation', value: item.operation } as const
    return [{ cursor: writeCursor(progress, now.id), event }]
  }

  function lineAfter(run: string, line: OutputLine): WatchOperationResponse {
    progress.runs.set(run, line.sequence)
    return { cursor: writeCursor(progress, now.id), event: { $case: 'line', value: line } }
  }

  function begin(run: string): void {
    if (begun.has(run)) return
    begun.add(run)
    following.add(run)
    const put = (lines: readonly OutputLine[]) => channel.put({ kind: 'lines', run, lines })
    const over = () => latest !== undefined && operationHasEnded(latest.state)
    followRun(source.run(run), { after: progress.runs.get(run) ?? 0, put, over }, ended).then(
      () => channel.put({ kind: 'run-ended', run }),
      (fault) => channel.put({ kind: 'fault', fault }),
    )
  }

  /** Ended, with all lines out, and not resumed in the meantime. */
  async function isOver(): Promise<boolean> {
    if (!latest || !operationHasEnded(latest.state) || latest.version < wanted.version || following.size > 0)
      return false
    wanted = await source.operation()
    if (wanted.version <= latest.version) return true
    missed = setTimeout(takeOwnersWord, MISSED_MS)
    return false
  }

  function takeOwnersWord(): void {
    void channel.put({ kind: 'operation', sequence: wanted.version, operation: wanted })
  }
}

function fromElsewhere() {
  return invalid([
    {
      field: 'cursor',
      message: 'is ahead of this operation',
      hint: 'Use a cursor of this operation, or none to begin anew.',
    },
  ])
}
