import { bug } from '@slipway/errors'
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

const verbs: Record<Exclude<OperationKind, 'create-cluster'>, Verb> = {
  'delete-cluster': deleteCluster,
  'add-nodes': addNodes,
  'remove-nodes': removeNodes,
  'update-nodes': updateNodes,
  'drain-nodes': drainNodes,
}

/** Plans a queued change whose turn has come as if it were asked for now, and begins it; throws what refuses it. */
export async function beginQueued(deps: ChangeDeps & AskDeps, operation: Operation): Promise<void> {
  const { id, kind, project, cluster, planDigest, reason, createdBy } = operation
  if (kind === 'create-cluster') throw bug(`operation ${id} waits for a cluster that it is to create`)
  const verb = verbs[kind]
  const asked = { project, id: cluster, planDigest, reason, createdBy, dryRun: false, queue: false, turn: id }
  await verb(deps, { ...(await requestOf(deps.db, id)), ...asked, idempotencyKey: undefined } as never)
}
