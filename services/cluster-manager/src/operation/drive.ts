import { type Log, withTrace } from '@slipway/telemetry'
import type { Database, Transaction } from '../store.ts'
import { advance } from './advance.ts'
import { type AtWork, letGoOf } from './at-work.ts'
import { createBell } from './bell.ts'
import { keepLease } from './keep-lease.ts'
import { releaseLease, takeLease } from './lease.ts'
import type { Operation } from './operation.ts'
import { MovedMeanwhile } from './record.ts'
import { handedOver, type MeansOf } from './step-context.ts'

/** What an operation is carried out with. */
export type Driving = {
  db: Database
  /** Names this replica in leases. */
  owner: string
  leaseMs: number
  now: () => Date
  log: Log
  meansOf: MeansOf
  /** What moves with an operation in the same transaction: its cluster. */
  onMoved: (tx: Transaction, operation: Operation, now: Date) => Promise<void>
  /** Plans a queued operation as if it were asked for now, and begins it; throws what refuses it. */
  beginQueued: (operation: Operation) => Promise<void>
  /** Called after each commit: events wait to be published. */
  committed: () => void
}

/** An operation that is being carried out here. */
export type Drive = { ring: () => void; stop: () => void; ended: Promise<void> }

/** Carries an operation out unless another replica does. `stop` lets go of it, so that another one carries on. */
export function drive(driving: Driving, id: string): Drive {
  const halt = new AbortController()
  const bell = createBell()
  const letGo = () => {
    halt.abort(handedOver)
    bell.ring()
  }

  async function underLease(): Promise<void> {
    const { db, owner, leaseMs, log } = driving
    const lease = await takeLease(db, id, { owner, leaseMs })
    if (!lease) return
    const stopKeeping = keepLease({ db, id, owner, leaseMs, log, onLost: letGo, onHeld: bell.ring })
    const here: AtWork = { running: new Map(), endings: [] }
    let outcome: 'ended' | 'let go' = 'let go'
    try {
      outcome = await withTrace(lease.traceparent, () => advance(driving, id, { halt, bell, here }))
    } catch (error) {
      if (!(error instanceof MovedMeanwhile)) throw error
    } finally {
      await letGoOf(driving, here)
      stopKeeping()
      if (outcome === 'let go') await giveBack()
    }
  }

  async function giveBack(): Promise<void> {
    const { db, owner, log } = driving
    await releaseLease(db, id, owner).catch((error) =>
      log.warn({ err: error, operation: id }, 'a lease was not given back'),
    )
  }
  return { ring: bell.ring, stop: letGo, ended: underLease() }
}
