/** What a line says: a task begins, how it went on a host, or something that was printed. */
export type LineKind = 'task' | 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'line'

/** One line of a run's output. */
export type Line = {
  /** Counts from 1 in each run. */
  sequence: number
  at: Date
  host: string
  task: string
  kind: LineKind
  text: string
}

/** A line before it has its number and time. */
export type Words = Pick<Line, 'host' | 'task' | 'kind' | 'text'>

const LONGEST = 8_192

/** Text of a host made fit for a terminal: no control characters, which could steer it, and no endless lines. */
export function readable(text: string): string {
  const plain = text.replaceAll(/\p{Cc}\[[\d;?]*[A-Za-z]/gu, '').replaceAll(/[^\P{Cc}\t]/gu, '')
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)} … (${plain.length} characters)` : plain
}
