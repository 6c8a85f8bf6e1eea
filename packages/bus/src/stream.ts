import { DiscardPolicy, RetentionPolicy, type StreamConfig } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import type { Bus } from './bus.ts'

const DAY_MS = 86_400_000

/** The three streams of an install: facts, commands and live output. */
const streams: (Partial<StreamConfig> & { name: string })[] = [
  {
    name: 'EVENTS',
    subjects: ['slipway.evt.>'],
    max_age: nanos(30 * DAY_MS),
    duplicate_window: nanos(600_000),
  },
  { name: 'WORK', subjects: ['slipway.work.>'], retention: RetentionPolicy.Workqueue },
  // Runs are compacted into ansible-runner's store when they end; a day covers the slowest reader.
  {
    name: 'OUTPUT',
    subjects: ['slipway.out.>'],
    max_age: nanos(DAY_MS),
    max_bytes: 2 ** 31,
    discard: DiscardPolicy.Old,
  },
]

/** Makes the streams that are missing; `replicas` is 1 on a single server. */
export async function ensureStreams(bus: Bus, replicas = 1): Promise<void> {
  for (const stream of streams) {
    const known = await bus.manager.streams.info(stream.name).catch(() => undefined)
    if (!known) await bus.manager.streams.add({ ...stream, num_replicas: replicas })
  }
}

/** Where lines of a run go while it is live. Run ids hold dots, which part tokens: they become underscores. */
export function outputSubject(project: string, run: string): string {
  return `slipway.out.${project}.${run.replaceAll('.', '_')}`
}

/** Where a service is told that there is something to do: slipway.work.<service>.<noun>. */
export function workSubject(service: string, noun: string): string {
  return `slipway.work.${service}.${noun}`
}
