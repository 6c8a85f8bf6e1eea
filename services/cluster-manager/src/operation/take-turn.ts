import type { Driving } from './drive.ts'
import { refusalOf } from './failure.ts'
import type { Operation } from './operation.ts'
import { MovedMeanwhile, record } from './record.ts'
import { readOperationById } from './store.ts'

/**
 * Begins a queued operation whose turn has come, and answers it planned. One that is refused ends as failed, and the
 * next has its turn; where the refusal may pass it says so and stays, and the sweep comes again.
 */
export async function takeTurn(driving: Driving, operation: Operation): Promise<Operation | undefined> {
  const { db, log, now, owner, committed } = driving
  const { id } = operation
  try {
    await driving.beginQueued(operation)
    return await readOperationById(db, id)
  } catch (error) {
    if (error instanceof MovedMeanwhile) throw error
    const failure = refusalOf(error)
    if (failure.code === 'Bug') log.error({ err: error, operation: id }, 'a queued operation was not planned')
    if (!failure.retryable) {
      const change = { state: 'failed', failure, endedAt: now(), queuedBehind: '', waits: '' } as const
      await record(db, { id, owner, from: 'queued', fact: 'failed', change, now: now() })
    } else if (operation.waits !== failure.message) {
      const change = { waits: failure.message }
      await record(db, { id, owner, from: 'queued', fact: 'queued', change, now: now() })
    }
    committed()
    return undefined
  }
}
