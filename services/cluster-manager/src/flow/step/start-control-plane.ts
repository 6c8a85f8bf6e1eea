import { bug } from '@slipway/errors'
import { loadLibrary } from '@slipway/kube'
import { ADMIN_CONFIG } from '../../cluster/api-server.ts'
import { noteNode } from '../../cluster/move-node.ts'
import { keepClusterSecrets } from '../../cluster/secrets.ts'
import { StepFailed } from '../../operation/failure.ts'
import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import { playToItsEnd } from '../play.ts'
import type { Site } from '../site.ts'
import { failureOfRun } from '../wire.ts'

/** Initialises the control plane and moves its super-admin.conf into the vault. */
export async function startControlPlane(ctx: StepContext, site: Site): Promise<void> {
  const blueprint = await readBlueprint(site, ctx.operation)
  const { cluster, sealed, controlPlane } = blueprint
  // The next steps need it at once, and it takes up to three seconds when nothing of it is cached.
  void loadLibrary().catch(() => {})
  const run = await playToItsEnd(ctx, site, blueprint, {
    playbook: 'control-plane.yml',
    places: [controlPlane],
    secrets: {
      slipway_encryption_key: {
        sealed: sealed.encryptionKey,
        object: cluster.id,
        field: 'slipway_encryption_key',
      },
    },
  })
  const adminConfig = run.exports[ADMIN_CONFIG]
  // Also of a run that failed afterwards: the file leaves its host only once.
  if (adminConfig) {
    await keepClusterSecrets(site.db, cluster.id, { adminConfig, adminConfigObject: ctx.operation.id })
  }
  if (run.state !== 'succeeded') throw new StepFailed(failureOfRun(run))
  if (!adminConfig && sealed.adminConfig === '') {
    throw bug(`run ${run.id} handed over no ${ADMIN_CONFIG}`)
  }
  await noteNode(site, controlPlane.row, { fact: 'joined' })
}
