import type { Message } from '../api/client.ts'

/** A line of a run as the page keeps it; its number counts from 1 in each run. */
export type Line = Omit<Message<'operation.v1.OutputLine'>, 'run' | 'at'> & {
  /** Milliseconds since 1970; 0 where nobody knows. */
  at: number
}

/** What was heard of a host in one run. */
type HostHeard = {
  /** What it is at. */
  task: string
  /** The line that says first that something went wrong on it; 0 while nothing did. */
  failedAt: number
}

/** What was heard of a run, also of lines that are not kept any more. */
export type RunHeard = {
  /** The number of its last line. */
  last: number
  /** The first line that says that something went wrong; 0 while none does. */
  firstError: number
  hosts: Record<string, HostHeard>
}

// Thousands of lines name the same few hosts, tasks and kinds: each is held once.
const names = new Map<string, string>()

/** A line as the API tells it, as it is kept. */
export function lineOf({ sequence, at, host, task, kind, text }: Message<'operation.v1.OutputLine'>): Line {
  return { sequence, at: at ? Date.parse(at) : 0, host: once(host), task: once(task), kind: once(kind), text }
}

/** Whether a line says that something went wrong. */
export function isError({ kind }: Pick<Line, 'kind'>): boolean {
  return kind === 'failed' || kind === 'unreachable'
}

function once(name: string): string {
  const known = names.get(name)
  if (known !== undefined) return known
  if (names.size > 50_000) names.clear()
  names.set(name, name)
  return name
}
