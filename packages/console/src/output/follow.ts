import { createParser } from 'eventsource-parser'
import type { Connection, Refusal } from './messages.ts'

/** An event of the stream; `id` is where another stream goes on after it. */
export type StreamEvent = { name: string; id: string; data: string }

const AGAIN_MS = 1_000
/** The gateway says something every ten seconds: after so long without a byte the line is dead, whatever the system thinks. */
const SILENCE_MS = 25_000

/**
 * Reads a Server-Sent Events route to its end, over cuts: every event is told once and in order, as each new connection goes on
 * after the last whole event of the one before. Not the browser's EventSource: that gives up when a gateway restarts, and costs a
 * third of a core at 20,000 lines a second.
 */
export async function followStream(
  url: string,
  {
    after,
    onEvents,
    onConnection = () => {},
    hasEnded,
    signal,
  }: {
    after: string
    onEvents: (events: readonly StreamEvent[]) => void
    onConnection?: (state: Connection['state']) => void
    /** Whether the end of the stream is the end of what it tells of. */
    hasEnded: () => boolean
    /** Ends the reading. */
    signal?: AbortSignal
  },
): Promise<Refusal | undefined> {
  let last = after
  for (;;) {
    const ended = await readOnce(url, last, {
      signal,
      onOpen: () => onConnection('open'),
      onEvents: (events) => {
        last = events.findLast(({ id }) => id !== '')?.id ?? last
        onEvents(events)
      },
    }).catch(() => undefined)
    if (signal?.aborted) return undefined
    if (ended?.refusal) return ended.refusal
    if (ended && hasEnded()) return undefined
    onConnection(ended ? 'connecting' : 'lost')
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}

/** One connection, to its end; throws when it was cut or nobody answered. */
async function readOnce(
  url: string,
  after: string,
  {
    onOpen,
    onEvents,
    signal,
  }: {
    onOpen: () => void
    onEvents: (events: readonly StreamEvent[]) => void
    signal: AbortSignal | undefined
  },
): Promise<{ refusal?: Refusal }> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), SILENCE_MS)
  try {
    const headers = { accept: 'text/event-stream', ...(after ? { 'last-event-id': after } : {}) }
    const ends = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal
    const response = await fetch(url, { headers, signal: ends })
    if (!response.ok || !response.body) return refusalOf(response)
    onOpen()
    let events: StreamEvent[] = []
    const parser = createParser({
      onEvent: ({ event = 'message', id = '', data }) => events.push({ name: event, id, data }),
    })
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), SILENCE_MS)
      parser.feed(piece.value)
      if (events.length === 0) continue
      const problem = events.find(({ name }) => name === 'problem')
      onEvents(events.filter(({ name }) => name !== 'problem'))
      if (problem) return refusalIn(JSON.parse(problem.data))
      events = []
    }
    return {}
  } finally {
    clearTimeout(timer)
  }
}

async function refusalOf(response: Response): Promise<{ refusal?: Refusal }> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  return refusalIn({ status: response.status, ...body })
}

/** What passes by itself is no refusal: it is asked again. */
function refusalIn(body: Record<string, unknown>): { refusal?: Refusal } {
  const code = String(body.code ?? 'Unavailable')
  if (['Unavailable', 'Exhausted', 'Bug'].includes(code)) throw new Error(code)
  return {
    refusal: {
      code,
      message: String(body.detail ?? ''),
      status: Number(body.status ?? 0),
      problems: Array.isArray(body.problems) ? body.problems : [],
      traceId: String(body.traceId ?? ''),
    },
  }
}
