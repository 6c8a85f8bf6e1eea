import type { Operation } from '../operation/queries.ts'
import { Problem } from '../problem/problem.ts'
import type { RunHeard } from './line.ts'
import type { Asked, Connection, Heard, Shown, Told } from './messages.ts'

/** Lines as they are drawn. */
type Drawn = Extract<Told, { type: 'lines' }>

/** What a page sees of an operation's stream: parts that each have listeners of their own, as lines change all the time. */
export type Feed = {
  connection: Part<Connection>
  runs: Part<ReadonlyMap<string, RunHeard>>
  lines: Part<Drawn | undefined>
  refusal: Part<Problem | undefined>
  show: (shown: Shown) => void
  goOn: () => void
  close: () => void
}

/** A value that is listened to. */
export type Part<T> = { get: () => T; listen: (tell: () => void) => () => void }

const KEEP_MS = 1_000

/**
 * Opens the stream of an operation, read by a worker. A reload in the middle goes on where this tab was: older lines are read by their
 * numbers when somebody looks at them.
 */
export function openFeed(
  project: string,
  operation: string,
  onOperation: (operation: Operation) => void,
): Feed {
  const worker = new Worker(new URL('./reader.worker.ts', import.meta.url), { type: 'module' })
  const ask = (asked: Asked) => worker.postMessage(asked)
  const key = `slipway.heard.${operation}`
  let heard = readHeard(key)
  const connection = part<Connection>({ state: 'connecting', since: Date.now() })
  const runs = part<ReadonlyMap<string, RunHeard>>(new Map(heard.runs))
  const lines = part<Drawn | undefined>(undefined)
  const refusal = part<Problem | undefined>(undefined)
  worker.addEventListener('message', ({ data: told }: MessageEvent<Told>) => {
    if (told.type === 'connection') connection.set(told.connection)
    if (told.type === 'operation') onOperation(told.operation)
    if (told.type === 'lines') lines.set(told)
    if (told.type === 'refused') refusal.set(Problem.told(told.refusal))
    if (told.type !== 'heard') return
    heard = told.heard
    runs.set(new Map(heard.runs))
  })
  const keep = () => keepHeard(key, heard)
  const timer = setInterval(keep, KEEP_MS)
  addEventListener('pagehide', keep)
  ask({ type: 'open', project, operation, heard })
  return {
    connection,
    runs,
    lines,
    refusal,
    show: (shown) => ask({ type: 'show', shown }),
    goOn: () => ask({ type: 'go-on' }),
    close: () => {
      keep()
      clearInterval(timer)
      removeEventListener('pagehide', keep)
      worker.terminate()
    },
  }
}

function part<T>(first: T): Part<T> & { set: (value: T) => void } {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      value = next
      for (const tell of listeners) tell()
    },
    listen: (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
  }
}

function readHeard(key: string): Heard {
  const kept = sessionStorage.getItem(key)
  return kept ? (JSON.parse(kept) as Heard) : { cursor: '', runs: [] }
}

/** Without room for it, a reload reads the stream from its beginning: nothing is lost but time. */
function keepHeard(key: string, heard: Heard): void {
  if (heard.cursor === '') return
  try {
    sessionStorage.setItem(key, JSON.stringify(heard))
  } catch {
    sessionStorage.removeItem(key)
  }
}
