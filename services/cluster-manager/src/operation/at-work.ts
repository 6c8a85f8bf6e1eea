import { inTransaction } from '../store.ts'
import type { Driving } from './drive.ts'
import type { Operation, Step } from './operation.ts'
import { perform } from './perform.ts'
import { type Recording, recordIn } from './record.ts'
import { handedOver } from './step-context.ts'

/** What this replica is doing of one operation. */
export type AtWork = {
  /** The steps that it is carrying out, by name. */
  running: Map<string, { controller: AbortController; ended: Promise<void> }>
  /** How steps ended, before that is written. */
  endings: Recording[]
}

/** Carries out an attempt of a step; how it ends is kept, and `rung`. One whose end is not known is `lost`. */
export function launch(
  driving: Driving,
  here: AtWork,
  { operation, step, rung, lost }: { operation: Operation; step: Step; rung: () => void; lost: () => void },
): void {
  const controller = new AbortController()
  const work = async () => {
    try {
      const ending = await perform(driving, { operation, step, signal: controller.signal })
      if (ending) here.endings.push(ending)
    } catch (error) {
      driving.log.warn(
        { err: error, operation: operation.id, step: step.name },
        'the end of a step is not known',
      )
      lost()
    }
    here.running.delete(step.name)
    rung()
  }
  here.running.set(step.name, { controller, ended: work() })
}

/** Lets go of what is at work here, and writes what has ended by then: the rest goes on elsewhere. */
export async function letGoOf({ db, log, committed }: Driving, here: AtWork): Promise<void> {
  for (const { controller } of here.running.values()) controller.abort(handedOver)
  await Promise.all([...here.running.values()].map(({ ended }) => ended))
  const endings = here.endings.splice(0)
  if (endings.length === 0) return
  try {
    await inTransaction(db, async (tx) => {
      for (const ending of endings) await recordIn(tx, ending)
    })
    committed()
  } catch (error) {
    log.warn({ err: error, operation: endings[0]?.id }, 'the end of a step was not written')
  }
}
