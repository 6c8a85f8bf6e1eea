import type { Message } from '../api/client.ts'
import { hasEnded } from '../operation/lifecycle.ts'
import { followStream, type StreamEvent } from './follow.ts'
import { CHUNK, type KeptLines, keepLines } from './kept-lines.ts'
import { lineOf } from './line.ts'
import type { Asked, Connection, Shown, Told } from './messages.ts'

/** The page draws at most so often: people see no more, and clicks get their turn. */
const DRAW_MS = 50
const TELL_MS = 250
const AGAIN_MS = 700

let lines: KeptLines = keepLines()
let cursor = ''
let base = ''
let operation: Message<'operation.v1.Operation'> | undefined
let shown: Shown | undefined
let isFollowing = false
let connection: Connection['state'] | undefined
const reading = new Set<string>()

const drawSoon = atMostEvery(DRAW_MS, draw)
const tellSoon = atMostEvery(TELL_MS, () =>
  tell({ type: 'heard', heard: { cursor, runs: [...lines.heard] } }),
)

// Reads an operation's stream beside the page, so that 20,000 lines a second leave the page free for who looks at it.
addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  if (data.type === 'open') {
    lines = keepLines(data.heard.runs)
    cursor = data.heard.cursor
    base = `/api/v1/projects/${encodeURIComponent(data.project)}/operations/${encodeURIComponent(data.operation)}`
    void follow()
  }
  if (data.type === 'go-on') void follow()
  if (data.type !== 'show') return
  shown = data.shown
  draw()
})

async function follow(): Promise<void> {
  if (isFollowing) return
  isFollowing = true
  connectionIs('connecting')
  const refusal = await followStream(`${base}/events`, {
    after: cursor,
    onEvents: take,
    onConnection: connectionIs,
    hasEnded: () => operation === undefined || hasEnded(operation.state),
  })
  isFollowing = false
  connectionIs('ended')
  if (refusal) tell({ type: 'refused', refusal })
}

function take(events: readonly StreamEvent[]): void {
  for (const { name, data } of events) {
    if (name === 'line') {
      const line = JSON.parse(data) as Message<'operation.v1.OutputLine'>
      lines.hear(line.run, lineOf(line))
    } else if (name === 'operation') {
      operation = JSON.parse(data) as Message<'operation.v1.Operation'>
      tell({ type: 'operation', operation })
    }
  }
  cursor = events.findLast(({ id }) => id !== '')?.id ?? cursor
  tellSoon()
  drawSoon()
}

/** Tells the lines that are looked at; those that are not at hand are read, and told when they are. */
function draw(): void {
  if (!shown) return
  const { run, count } = shown
  const last = lines.heard.get(run)?.last ?? 0
  const first = shown.first === 'last' ? Math.max(1, last - count + 1) : shown.first
  const at = lines.read(run, first, count)
  tell({ type: 'lines', run, first, last, lines: at })
  const missing = at.indexOf(undefined)
  if (missing >= 0) void read(run, Math.floor((first + missing - 1) / CHUNK))
}

async function read(run: string, chunk: number): Promise<void> {
  const key = `${run} ${chunk}`
  if (reading.has(key)) return
  reading.add(key)
  const query = new URLSearchParams({
    ...{ run, afterSequence: String(chunk * CHUNK), pageSize: String(CHUNK) },
  })
  const response = await fetch(`${base}/output?${query}`).catch(() => undefined)
  const page = response?.ok
    ? ((await response.json()) as Message<'operation.v1.ListOutputResponse'>)
    : undefined
  lines.fill(run, (page?.lines ?? []).map(lineOf))
  // Lines are stored within a second after they were told live, and a lost connection comes again.
  setTimeout(
    () => {
      reading.delete(key)
      draw()
    },
    page && page.lines.length === CHUNK ? 0 : AGAIN_MS,
  )
  drawSoon()
}

function connectionIs(state: Connection['state']): void {
  // The first time it was lost counts, not the last time that it was tried again.
  if (state === connection) return
  connection = state
  tell({ type: 'connection', connection: { state, since: Date.now() } })
}

function tell(told: Told): void {
  postMessage(told)
}

/** Calls soon, and not again before `ms` have passed. */
function atMostEvery(ms: number, call: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return () => {
    if (timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      call()
    }, ms)
  }
}
