import { labDown, labList, labUp, readLabConfig } from '@slipway/lab'
import type { Settings } from '../../config.ts'
import type { Place } from '../place.ts'
import { proveCluster } from '../prove.ts'
import { proofImage } from '../release.ts'
import type { Ground } from './ground.ts'

const NAME = 'demo'

/** Three real hosts on this machine; wants root. */
export function labGround(place: Place, settings: Settings): Ground {
  return {
    flag: '',
    title: 'a lab of three hosts',
    up: async (report, signal) => {
      const { gateway, hosts } = await labUp({
        ...readLabConfig(),
        name: NAME,
        dir: place.lab,
        cacheDir: settings.SLIPWAY_CACHE,
        hosts: ['node-1', 'node-2', 'node-3'].map((name) => ({ name, user: 'ops' })),
        ...{ report, signal },
      })
      return { gateway, hosts, settings }
    },
    list: async () => {
      const { hosts = [] } = (await labList({ dir: place.lab })) ?? {}
      return {
        hosts,
        processes: hosts.flatMap(({ name, pid }) => (pid ? [{ name: `host ${name}`, pid }] : [])),
      }
    },
    down: async (say) => {
      for (const removed of await labDown({ name: NAME, dir: place.lab, force: true, report: say }))
        say(`  removed ${removed}`)
    },
    proof: 'a workload on both nodes',
    prove: ({ kubectl: program, kubeconfig, release }) =>
      proveCluster({ program, kubeconfig }, proofImage(release)),
  }
}
