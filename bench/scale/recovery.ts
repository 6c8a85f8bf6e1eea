// `node bench/scale/recovery.ts` (as root): one of two replicas of cluster-manager dies by SIGKILL while 200 steps run, each of
// another operation; how long until the other one carries on all of them that were its. Target < 30 s.
import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { addHosts } from './hosts.ts'
import { createCluster } from './operations.ts'
import { atFleet, type Site } from './site.ts'

const STEPS = 200
const LIMIT_MS = 120_000
const say = (line: string) => process.stdout.write(`${line}\n`)

// Hosts are so slow, and so few runs go at once, that nearly all steps stay the first of their operations.
await atFleet({ pace: 10 }, async (site) => {
  const hosts = await addHosts(site.to, site.project, { count: STEPS })
  for (const host of hosts) await createCluster(site, `c-${host.name}`, [host])
  await until(async () => (await owners(site)).reduce((sum, { count }) => sum + count, 0) === STEPS)
  const before = await owners(site)
  say(`running steps by replica: ${before.map(({ count }) => count).join(' and ')}`)
  await site.services.kill('cluster-manager-1')
  const died = performance.now()
  await until(async () => {
    const now = await owners(site)
    return now.length === 1 && now[0]?.count === STEPS
  })
  const seconds = (performance.now() - died) / 1000
  say(
    `all ${STEPS} steps are carried on ${seconds.toFixed(1)} s after one of two replicas died (target < 30 s); load ${loadavg()[0]?.toFixed(0)}`,
  )
})
process.exit()

/** Running steps under a lease that holds, by who has it. */
function owners({ query }: Site): Promise<{ owner: string; count: number }[]> {
  return query(
    `SELECT lease_owner AS owner, count(*)::int AS count
     FROM cluster_manager.operation JOIN cluster_manager.step ON step.operation = operation.id
     WHERE step.state = 'running' AND lease_until > now() GROUP BY lease_owner`,
  )
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await pause(100)) if (await isSo()) return
  throw new Error('the steps did not come to be carried on')
}
