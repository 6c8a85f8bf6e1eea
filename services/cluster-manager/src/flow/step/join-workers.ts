import { createHash } from 'node:crypto'
import { authorityHash, newTokenSecret, readKubeconfig } from '@slipway/kube'
import { seal } from '@slipway/secrets'
import { atApiServer } from '../../cluster/api-server.ts'
import { noteNode } from '../../cluster/move-node.ts'
import { runId } from '../../operation/operation.ts'
import { isHandedOver, type StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import { play } from '../play.ts'
import type { Site } from '../site.ts'

const TOKEN_MINUTES = 15

/** Joins the workers with one bootstrap token, made for this attempt and deleted after it, whatever became of it. */
export async function joinWorkers(ctx: StepContext, site: Site): Promise<void> {
  const blueprint = await readBlueprint(site, ctx.operation)
  const { cluster, sealed, controlPlane, workers } = blueprint
  const { project } = cluster
  const at = { ...site, cluster, sealed, address: controlPlane.host.address }
  const id = tokenId(ctx)
  const { token, hash } = await atApiServer({ ...at, signal: ctx.signal }, async (kube, kubeconfig) => {
    // kubeadm init leaves one of a day, an attempt that failed may have left its own.
    await kube.deleteTokens({ except: id })
    const expiresAt = new Date(site.now().getTime() + TOKEN_MINUTES * 60_000)
    const secret = await kube.keepToken({ id, secret: newTokenSecret(site.random) }, expiresAt)
    return { token: `${id}.${secret}`, hash: authorityHash(readKubeconfig(kubeconfig).authority) }
  })
  try {
    const where = { object: ctx.operation.id, field: 'slipway_join.token' }
    await play(ctx, site, blueprint, {
      playbook: 'worker.yml',
      places: workers,
      variables: { slipway_join: { ca_hashes: [hash] } },
      secrets: {
        'slipway_join.token': {
          sealed: await seal(site.publicKeys, 'ansible-runner', token, { project, ...where }),
          ...where,
        },
      },
    })
  } finally {
    // A replica that takes over waits for the same run, which still needs it. Else it goes, also when cancelled.
    if (!isHandedOver(ctx.signal)) {
      await atApiServer(at, (kube) => kube.deleteTokens({})).catch((error) =>
        ctx.log.warn({ err: error }, 'a bootstrap token was not deleted, it expires by itself'),
      )
    }
  }
  for (const { row } of workers) await noteNode(site, row, { fact: 'joined' })
}

/** The public half of the token, the same for the same attempt: whoever adopts it finds the token that is in use. */
function tokenId({ operation, step, attempt }: StepContext): string {
  return createHash('sha256')
    .update(runId(operation.id, step, attempt))
    .digest('hex')
    .slice(0, 6)
}
