import type { Bus } from '@slipway/bus'
import { methods } from '@slipway/contracts'
import { bug } from '@slipway/errors'
import { refuseLostRight } from '../asker/refuse.ts'
import type { Operation, OperationKind } from '../operation/operation.ts'
import { requestOf } from '../operation/read.ts'
import type { AskDeps } from '../preflight/ask.ts'
import { addNodes } from './add-nodes.ts'
import type { Change, ChangeDeps } from './change.ts'
import { deleteCluster } from './delete.ts'
import { drainNodes } from './drain-nodes.ts'
import { removeNodes } from './remove-nodes.ts'
import { updateNodes } from './update-nodes.ts'

/** What a change was asked with is kept as it was: each takes its own. */
type Verb = (deps: ChangeDeps & AskDeps, asked: never) => Promise<Change>

/** The method of ClusterService that asks for each, whose access says who may; and what it does. */
const kinds: Record<Exclude<OperationKind, 'create-cluster'>, { method: string; verb: Verb }> = {
  'delete-cluster': { method: 'DeleteCluster', verb: deleteCluster },
  'add-nodes': { method: 'AddNodes', verb: addNodes },
  'remove-nodes': { method: 'RemoveNodes', verb: removeNodes },
  'update-nodes': { method: 'UpdateNodes', verb: updateNodes },
  'drain-nodes': { method: 'DrainNodes', verb: drainNodes },
}

/**
 * Plans a queued change whose turn has come as if it were asked for now, and begins it; throws what refuses it, first of
 * all that its asker may not do it any more.
 */
export async function beginQueued(
  deps: ChangeDeps & AskDeps & { bus: Bus },
  operation: Operation,
): Promise<void> {
  const { id, kind, project, cluster, planDigest, reason, createdBy } = operation
  if (kind === 'create-cluster') throw bug(`operation ${id} waits for a cluster that it is to create`)
  const { method, verb } = kinds[kind]
  const { request, createdAs } = await requestOf(deps.db, id)
  const needed = methods[`slipway.cluster.v1.ClusterService/${method}`]?.access?.role
  if (!needed) throw bug(`nobody may call ${method}`)
  await refuseLostRight(deps, { project, asker: { id: createdBy, as: createdAs }, needed })
  const asked = { project, id: cluster, planDigest, reason, createdBy, createdAs }
  const atItsTurn = { dryRun: false, queue: false, turn: id, idempotencyKey: undefined }
  await verb(deps, { ...request, ...asked, ...atItsTurn } as never)
}
