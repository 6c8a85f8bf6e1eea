import { notFound } from '@slipway/errors'
import type { PrismaClient } from '../gen/prisma/client.ts'
import type { Run } from './run.ts'
import { findRun } from './store.ts'

/** The run of a project, or NotFound: also when it is another project's. */
export async function findOwn(db: PrismaClient, project: string, id: string): Promise<Run> {
  const run = await findRun(db, project, id)
  if (!run) throw notFound('run', id)
  return run
}
