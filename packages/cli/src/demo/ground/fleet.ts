import { createHash, generateKeyPairSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unavailable } from '@slipway/errors'
import { findFleet, startFleet, stopFleet } from '@slipway/fleet'
import { run } from '@slipway/process'
import type { Settings } from '../../config.ts'
import type { Place } from '../place.ts'
import type { Ground, GroundHost } from './ground.ts'

const PACE = 0.3

/** Three simulated hosts and a real API server, all on loopback; wants neither root nor Ansible. */
export function fleetGround(place: Place, settings: Settings): Ground {
  const dir = join(place.dir, 'fleet')
  const sshKeyFile = join(dir, 'login.key')
  const hosts: GroundHost[] = [1, 2, 3].map((number) => ({
    ...{ name: `node-${number}`, address: `${networkOf(dir)}.0.${number}`, user: 'ops', sshKeyFile },
  }))
  return {
    flag: ' --fleet',
    title: 'a simulated fleet of three hosts, three times as fast as real ones',
    up: async () => {
      const { venv } = await startFleet({ dir, cacheDir: settings.SLIPWAY_CACHE, pace: PACE })
      if (!existsSync(sshKeyFile)) await writeKeys(sshKeyFile)
      const own = { SLIPWAY_ANSIBLE_VENV: venv, SLIPWAY_LOOPBACK_HOSTS: true }
      return { gateway: '127.0.0.1', hosts, settings: { ...settings, ...own } }
    },
    list: async () => {
      const fleet = await findFleet(dir)
      return fleet ? { hosts, processes: [{ name: 'fleet', pid: fleet.pid }] } : { hosts: [], processes: [] }
    },
    down: async (say) => {
      if (await stopFleet(dir)) say('  removed the simulated fleet')
    },
    proof: 'the API server knows both nodes (no pod runs on simulated ones)',
    prove: ({ kubectl, kubeconfig }) => proveNodes([kubectl, '--kubeconfig', kubeconfig]),
  }
}

/** Fleets of other folders have other addresses: two may run on one machine. */
function networkOf(dir: string): string {
  const [byte = 0] = createHash('sha256').update(dir).digest()
  return `127.${64 + (byte % 64)}`
}

/** Of a kind that ssh-add reads; new for each fleet, so that the hosts of an earlier one are known as others. */
async function writeKeys(file: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await writeFile(`${file}.pub`, publicKey.export({ type: 'spki', format: 'pem' }))
  await writeFile(file, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 })
}

type Nodes = {
  items: { metadata: { name: string }; status: { conditions: { type: string; status: string }[] } }[]
}

async function proveNodes(kubectl: readonly string[]): Promise<string> {
  const { stdout } = await run([...kubectl, 'get', 'nodes', '-o', 'json'])
  const { items } = JSON.parse(stdout) as Nodes
  const isReady = ({ status }: Nodes['items'][number]) =>
    status.conditions.some((one) => one.type === 'Ready' && one.status === 'True')
  const names = items.filter(isReady).map(({ metadata }) => metadata.name)
  if (names.length === 2) return `${names.join(' and ')} are Ready`
  const seen = `the API server says that ${names.join(', ') || 'no node'} is Ready`
  throw unavailable('proof', seen, 'Look at `kubectl get nodes`.')
}
