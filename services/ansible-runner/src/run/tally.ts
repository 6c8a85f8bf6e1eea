import { readable } from '../output/line.ts'
import type { Event } from '../playbook/event.ts'

/** An error that a playbook met on a host. */
export type HostError = {
  host: string
  task: string
  message: string
  kind: 'failed' | 'unreachable'
  retryable: boolean
  /** Whether nothing had worked on the host before. */
  atOnce: boolean
}

/** What was heard of a run so far. */
export type Tally = {
  counts: Map<string, { ok: number; changed: number; failed: number; unreachable: boolean }>
  /** How many failures of a host were rescued. */
  rescued: Map<string, number>
  /** The last result that each host gave, and when it came. */
  results: Map<string, { json: string; at: Date }>
  /** In the order they came. */
  errors: HostError[]
  /** Final numbers were heard: they know what was rescued. */
  complete: boolean
  /** The last things that the command itself printed. */
  said: string[]
  refusal: { field: string; message: string } | undefined
  /** How the command itself ended, and which host keys were shown; missing when it was killed. */
  end: { exitCode: number; presented: Record<string, string> } | undefined
}

const KEPT_SAID = 60

/** A tally of nothing, for these hosts. */
export function emptyTally(hosts: readonly string[]): Tally {
  const counts = new Map(hosts.map((host) => [host, { ok: 0, changed: 0, failed: 0, unreachable: false }]))
  return {
    counts,
    rescued: new Map(),
    results: new Map(),
    errors: [],
    complete: false,
    said: [],
    refusal: undefined,
    end: undefined,
  }
}

/** Takes an event that came `at` a time into a tally. */
export function hear(tally: Tally, event: Event, at: Date): void {
  switch (event.type) {
    case 'host':
      hearHost(tally, event, at)
      break
    case 'stats':
      hearStats(tally, event)
      break
    case 'lines':
      tally.said = [...tally.said, ...event.lines.slice(-KEPT_SAID).map(readable)].slice(-KEPT_SAID)
      break
    case 'fail':
      tally.refusal = { field: event.field, message: event.message }
      break
    case 'end':
      tally.end = { exitCode: event.exit_code, presented: event.presented }
      break
  }
}

function hearHost(tally: Tally, event: Extract<Event, { type: 'host' }>, at: Date): void {
  const { host, task, state } = event
  const count = tally.counts.get(host)
  if (!count) return
  if (event.result !== undefined) tally.results.set(host, { json: JSON.stringify(event.result), at })
  if (state === 'failed' || state === 'unreachable') {
    tally.errors.push({
      host,
      task,
      message: words(event.message ?? ''),
      kind: state,
      retryable: event.retryable === true,
      atOnce: count.ok === 0,
    })
  }
  if (state === 'ok' || state === 'changed' || state === 'ignored') count.ok += 1
  if (state === 'changed') count.changed += 1
  if (state === 'failed') count.failed += 1
  if (state === 'unreachable') count.unreachable = true
}

function hearStats(tally: Tally, { hosts }: Extract<Event, { type: 'stats' }>): void {
  tally.complete = true
  for (const [host, { ok, changed, failures, unreachable, rescued }] of Object.entries(hosts)) {
    if (!tally.counts.has(host)) continue
    tally.counts.set(host, { ok, changed, failed: failures, unreachable: unreachable > 0 })
    tally.rescued.set(host, rescued)
  }
}

function words(message: string): string {
  return message.trim().split('\n').slice(0, KEPT_SAID).map(readable).join('\n')
}
