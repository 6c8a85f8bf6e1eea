import { notFound, SlipwayError } from '@slipway/errors'
import type { PrismaClient } from '../gen/prisma/client.ts'
import type { Run } from './run.ts'
import { findRun, findRuns } from './store.ts'

const DAY_MS = 86_400_000

/** The run of a project, or NotFound: also when it is another project's, or was removed for its age. */
export async function findOwn(db: PrismaClient, project: string, id: string): Promise<Run> {
  const run = await findRun(db, project, id)
  if (!run) throw notFound('run', id)
  return refuseRemoved(run)
}

/** Ids of those runs of a project that have their output still, in the order given; NotFound when all that it has lost theirs. */
export async function findReadable(
  db: PrismaClient,
  project: string,
  ids: readonly string[],
): Promise<string[]> {
  const runs = await findRuns(db, project, ids)
  const readable = runs.filter(({ removedAt }) => !removedAt)
  const [first] = runs
  if (first && readable.length === 0) refuseRemoved(first)
  return readable.map(({ id }) => id)
}

/** Throws NotFound, with its reason, when a run was removed for its age. */
export function refuseRemoved(run: Run): Run {
  const { id, endedAt, removedAt } = run
  if (!endedAt || !removedAt) return run
  const days = Math.floor((removedAt.getTime() - endedAt.getTime()) / DAY_MS)
  const message = `The output of run ${id} was removed ${days} days after it had ended.`
  const hint =
    'The operation still says how it went. SLIPWAY_RUN_DAYS says how long output is kept from now on.'
  throw new SlipwayError('NotFound', message, [{ field: 'run', message: `${id} was removed`, hint }])
}
