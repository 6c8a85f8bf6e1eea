import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { StartRunRequest } from '@slipway/contracts/run/v1/run_service'
import { bug, invalid, notFound } from '@slipway/errors'
import { addFacts, currentTraceparent } from '@slipway/telemetry'
import type { PrismaClient } from '../gen/prisma/client.ts'
import { refuseRemoved } from './find.ts'
import { problemsOf } from './order.ts'
import { type Run, runId } from './run.ts'
import { stepFacts } from './span.ts'
import { findRun, insertRun } from './store.ts'
import { orderOf } from './wire.ts'

/** Queues a run, or answers the one that its operation, step and attempt started already. */
export async function startRun(
  { db, playbooks, nudge }: { db: PrismaClient; playbooks: string; nudge: () => void },
  request: StartRunRequest,
  caller: string,
): Promise<Run> {
  const order = orderOf(request)
  const problems = problemsOf(order)
  if (problems.length > 0) throw invalid(problems)
  await access(join(playbooks, order.playbook)).catch(() => {
    throw notFound('playbook', order.playbook)
  })
  const id = runId(order)
  const { project, operation, playbook } = order
  const bytes = StartRunRequest.encode(request).finish()
  addFacts({ ...stepFacts(order), 'slipway.run': id })
  const traceparent = currentTraceparent()
  await insertRun(db, { id, project, operation, playbook, caller, request: bytes, traceparent })
  nudge()
  const run = await findRun(db, project, id)
  if (!run) throw bug(`run ${id} belongs to another project`)
  return refuseRemoved(run)
}
