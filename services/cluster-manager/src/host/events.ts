import { eventRow, type OutboxRow, workSubject } from '@slipway/bus'
import { HostEvent } from '@slipway/contracts/event/v1/event'
import { currentTraceparent } from '@slipway/telemetry'
import { withHappening } from '../happening/happening.ts'
import type { ToldRow } from '../store.ts'
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
export function hostEvent(host: Host, fact: HostFact, now: Date): ToldRow {
  const { project, id, name, cluster, version } = host
  const data = HostEvent.toJSON({ host: hostMessage(host) })
  const event = { project, noun: 'host', id, fact, sequence: version, data } as const
  const row = eventRow('cluster-manager', event, now)
  if (cluster === null || !matterToClusters.has(fact)) return row
  return withHappening(row, { ...event, cluster, name, detail: host.stateReason, operation: '', at: now })
}

/** What happens to a host and is felt by the cluster that it is part of. */
const matterToClusters: ReadonlySet<HostFact> = new Set([
  ...(['unreachable', 'host-key-changed', 'host-key-accepted'] as const),
])

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
