// `node bench/scale/add-worker.ts` (as root): adding one worker to a cluster of 1,000 simulated nodes against one of 2, each
// the middle of five; hosts take no time, so that everything counts that Slipway itself does. Target ≤ 1.2.
import { loadavg } from 'node:os'
import { percentile } from '../numbers.ts'
import { addHosts, type Host } from './hosts.ts'
import { addWorker, createCluster, removeWorker, succeeded } from './operations.ts'
import { atFleet, type Site } from './site.ts'

const NODES = 1_000
const TIMES = 5
const say = (line: string) => process.stdout.write(`${line}\n`)

await atFleet({ pace: 0, servers: 2 }, async (site) => {
  const hosts = await addHosts(site.to, site.project, { count: NODES + 4 })
  const [spare, ...rest] = hosts
  if (!spare) throw new Error('there is no host')
  const began = performance.now()
  const small = await createCluster(site, 'small', rest.slice(0, 2))
  const large = await createCluster(site, 'large', rest.slice(2, 2 + NODES))
  await succeeded(site, [small.operation, large.operation])
  say(`clusters of 2 and ${NODES} nodes created in ${((performance.now() - began) / 1000).toFixed(0)} s`)
  await addAndRemove(site, small.cluster, spare)
  const times = { few: [] as number[], many: [] as number[] }
  for (let time = 0; time < TIMES; time++) {
    times.few.push(await addAndRemove(site, small.cluster, spare))
    times.many.push(await addAndRemove(site, large.cluster, spare))
  }
  const [few, many] = [percentile(times.few, 0.5), percentile(times.many, 0.5)]
  say(
    `adding one worker: at ${NODES} nodes ${many.toFixed(2)} s, at 2 nodes ${few.toFixed(2)} s, ratio ${(many / few).toFixed(2)} (target ≤ 1.2); load ${loadavg()[0]?.toFixed(0)}`,
  )
})
process.exit()

/** Seconds from the request to the end; the worker is taken out again, so that the same host serves each time. */
async function addAndRemove(site: Site, cluster: string, host: Host): Promise<number> {
  const began = performance.now()
  const { operation } = await addWorker(site, cluster, host)
  await succeeded(site, [operation])
  const seconds = (performance.now() - began) / 1000
  await succeeded(site, [(await removeWorker(site, cluster, host)).operation])
  return seconds
}
