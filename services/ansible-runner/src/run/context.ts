import type { Bus } from '@slipway/bus'
import type { PublicKeys, ServiceKey } from '@slipway/secrets'
import type { Log } from '@slipway/telemetry'
import type { PrismaClient } from '../gen/prisma/client.ts'
import type { Stage } from '../playbook/play.ts'

/** What work on runs needs; service.ts builds it. */
export type Context = {
  db: PrismaClient
  bus: Bus
  log: Log
  /** Opens what was sealed to this service. */
  key: ServiceKey
  /** Seals what playbooks hand back. */
  publicKeys: PublicKeys
  stage: Stage
  playbooks: string
  /** This replica, for leases. */
  owner: string
  now: () => Date
  /** Runs that this replica works on, by id: how each is ended at once. */
  running: Map<string, AbortController>
  /** Wakes those here who wait for a run. */
  notices: Notices
}

/** Who waits for which run, in this process; others look from time to time. */
export type Notices = {
  tell: (run: string) => void
  wait: (run: string, ms: number, signal: AbortSignal) => Promise<void>
}

/** Nobody waits yet. */
export function createNotices(): Notices {
  const waiting = new Map<string, Set<() => void>>()
  return {
    tell: (run) => {
      for (const wake of waiting.get(run) ?? []) wake()
    },
    wait: (run, ms, signal) =>
      new Promise((resolve) => {
        const all = waiting.get(run) ?? new Set()
        waiting.set(run, all)
        const wake = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          all.delete(wake)
          if (all.size === 0) waiting.delete(run)
          resolve()
        }
        const timer = setTimeout(wake, ms)
        signal.addEventListener('abort', wake, { once: true })
        all.add(wake)
      }),
  }
}
