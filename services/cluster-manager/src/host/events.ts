import { eventRow, type OutboxRow, workSubject } from '@slipway/bus'
import { HostEvent } from '@slipway/contracts/event/v1/event'
import { currentTraceparent } from '@slipway/telemetry'
import type { Host } from './host.ts'
import { hostMessage } from './wire.ts'

/** What can be told about a host. */
export type HostFact =
  | 'created'
  | 'updated'
  | 'facts-gathered'
  | 'unreachable'
  | 'host-key-changed'
  | 'host-key-accepted'
  | 'deleted'

/** The event of a host after a change; it goes into the outbox in the change's own transaction. */
export function hostEvent(host: Host, fact: HostFact, now: Date): OutboxRow {
  const { project, id, version } = host
  const data = HostEvent.toJSON({ host: hostMessage(host) })
  return eventRow('cluster-manager', { project, noun: 'host', id, fact, sequence: version, data }, now)
}

/** Where gatherings wait for somebody to carry them out. */
export const gatheringSubject = workSubject('cluster-manager', 'gathering')

/** Asks for a gathering to be carried out, in this trace. The message only wakes: the hosts' rows say what is to be done. */
export function gatheringWork(id: string, gathering: string): OutboxRow {
  const body = JSON.stringify({ gathering, traceparent: currentTraceparent() })
  return { id, subject: gatheringSubject, body }
}

/** The gathering that a message asks for, and the trace that it goes on in. */
export function readGatheringWork(body: Uint8Array): { gathering: string; traceparent: string | undefined } {
  const { gathering, traceparent } = JSON.parse(Buffer.from(body).toString())
  return { gathering: String(gathering), traceparent }
}
