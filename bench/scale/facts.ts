// `node bench/scale/facts.ts` (as root): reading the facts of 1,000 hosts, from the import to the last of them in its row.
// Simulated hosts answer as real ones did (1.5 s for 50 at once); Ansible's own memory is not in it. Targets: < 60 s,
// < 600 MB in each process of Slipway.
import { loadavg } from 'node:os'
import { rssMib } from '../numbers.ts'
import { addHosts } from './hosts.ts'
import { atFleet } from './site.ts'

const HOSTS = 1_000
const LOOK_MS = 500

await atFleet({ pace: 1 }, async (site) => {
  const { services, to, project } = site
  const names = ['cluster-manager-1', 'cluster-manager-2', 'ansible-runner', 'api-gateway'] as const
  const peak = new Map<string, number>()
  const looking = setInterval(async () => {
    for (const name of names) peak.set(name, Math.max(peak.get(name) ?? 0, await rssMib(services.pid(name))))
  }, LOOK_MS)
  const began = performance.now()
  await addHosts(to, project, { count: HOSTS })
  const seconds = (performance.now() - began) / 1000
  clearInterval(looking)
  process.stdout.write(
    `memory at its most: ${[...peak].map(([name, mib]) => `${name} ${mib.toFixed(0)} MiB`).join(', ')}\n`,
  )
  process.stdout.write(
    `facts of ${HOSTS} hosts: ${seconds.toFixed(1)} s (target < 60 s), ${Math.max(...peak.values()).toFixed(0)} MiB (target < 600 MB); load ${loadavg()[0]?.toFixed(0)}\n`,
  )
})
process.exit()
