import { invalid } from '@slipway/errors'

/** How far a watch came: the operation's version, and of each run the last line's sequence. */
export type Cursor = { version: number; runs: Map<string, number> }

/** The cursor before everything. */
export function fromTheBeginning(): Cursor {
  return { version: 0, runs: new Map() }
}

/** An opaque text. Runs are named `<operation>.<step>.<attempt>`; the operation is left out, as a watch is about one. */
export function writeCursor({ version, runs }: Cursor, operation: string): string {
  const short = [...runs].map(([run, sequence]) => [shorten(run, operation), sequence])
  return Buffer.from(JSON.stringify({ v: version, runs: Object.fromEntries(short) })).toString('base64url')
}

/** Reads a cursor that a watch of the same operation gave. */
export function readCursor(text: string, operation: string): Cursor {
  if (text === '') return fromTheBeginning()
  try {
    const { v, runs } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>
    const known = Object.entries(runs as Record<string, unknown>)
    if (!isCount(v) || !runs || known.some(([, sequence]) => !isCount(sequence))) throw malformed()
    return {
      version: v,
      runs: new Map(known.map(([run, sequence]) => [lengthen(run, operation), sequence as number])),
    }
  } catch {
    throw malformed()
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function shorten(run: string, operation: string): string {
  return run.startsWith(`${operation}.`) ? run.slice(operation.length) : run
}

function lengthen(run: string, operation: string): string {
  return run.startsWith('.') ? `${operation}${run}` : run
}

function malformed() {
  return invalid([
    {
      field: 'cursor',
      message: 'is not a cursor of this operation',
      hint: 'Use the cursor (Last-Event-ID) that the watch gave, or none to begin anew.',
    },
  ])
}
