import { currentTraceparent } from '@slipway/telemetry'
import { v7 as uuidv7 } from 'uuid'

/** A fact about an object, in the past tense. */
export type Event = {
  /** Project id; `_` for what belongs to none. */
  project: string
  /** cluster, host, operation, project, node. */
  noun: string
  id: string
  /** created, step-failed. */
  fact: string
  /** The object's version after the change: n+1 is published after n. */
  sequence: number
  /** protojson of a message of slipway/event/v1: what its `toJSON` gives. */
  data: unknown
}

/** An event waiting in a service's outbox, written in the transaction of the change itself. */
export type OutboxRow = { id: string; subject: string; body: string }

/** The row for an event: a CloudEvents 1.0 JSON body with a time-ordered id. `source` is the service. */
export function eventRow(source: string, event: Event, now: Date): OutboxRow {
  const id = uuidv7()
  const traceparent = currentTraceparent()
  const body = {
    specversion: '1.0',
    id,
    source: `/slipway/${source}`,
    type: `slipway.${event.noun}.${event.fact}`,
    subject: event.id,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    dataschema: `slipway.event.v1.${pascal(event.noun)}Event`,
    project: event.project,
    sequence: String(event.sequence),
    ...(traceparent ? { traceparent } : {}),
    data: event.data,
  }
  return { id, subject: eventSubject(event), body: JSON.stringify(body) }
}

/** slipway.evt.<project or _>.<noun>.<id>.<fact> */
export function eventSubject({
  project,
  noun,
  id,
  fact,
}: Pick<Event, 'project' | 'noun' | 'id' | 'fact'>): string {
  return `slipway.evt.${project || '_'}.${noun}.${id}.${fact}`
}

/** An event as read from the stream. */
export function readEvent(body: Uint8Array): Event & { eventId: string; time: string; traceparent?: string } {
  const event = JSON.parse(Buffer.from(body).toString())
  const [, noun = '', fact = ''] = String(event.type).split('.')
  return {
    eventId: event.id,
    time: event.time,
    project: event.project,
    noun,
    id: event.subject,
    fact,
    sequence: Number(event.sequence),
    data: event.data,
    traceparent: event.traceparent,
  }
}

function pascal(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
