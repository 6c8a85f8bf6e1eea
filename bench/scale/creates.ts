// `node bench/scale/creates.ts` (as root): how many creates a minute come through when 100 are asked for at once, against 10
// at once; hosts take no time, so that everything counts that Slipway itself does. Ten go before and after the hundred,
// as other things may run on this machine. Target ≥ 0.9.
import { loadavg } from 'node:os'
import { addHosts, type Host } from './hosts.ts'
import { createCluster, succeeded } from './operations.ts'
import { atFleet, type Site } from './site.ts'

const MANY = 100
const FEW = 10
const say = (line: string) => process.stdout.write(`${line}\n`)

await atFleet({ pace: 0, servers: 4 }, async (site) => {
  const hosts = await addHosts(site.to, site.project, { count: MANY + 3 * FEW })
  await createAll(site, hosts.splice(0, FEW))
  const before = await createAll(site, hosts.splice(0, FEW))
  const many = await createAll(site, hosts.splice(0, MANY))
  const after = await createAll(site, hosts.splice(0, FEW))
  const few = (2 * FEW) / (FEW / before + FEW / after)
  say(`${FEW} at once: ${(60 * few).toFixed(0)} creates a minute; ${MANY} at once: ${(60 * many).toFixed(0)}`)
  say(
    `throughput of creates, ${MANY} at once ÷ ${FEW} at once: ${(many / few).toFixed(2)} (target ≥ 0.9); load ${loadavg()[0]?.toFixed(0)}`,
  )
})
process.exit()

/** Creates a cluster of each host, all at once; answers creates a second. */
async function createAll(site: Site, hosts: readonly Host[]): Promise<number> {
  const began = performance.now()
  const created = await Promise.all(hosts.map((host) => createCluster(site, `c-${host.name}`, [host])))
  await succeeded(
    site,
    created.map(({ operation }) => operation),
  )
  return hosts.length / ((performance.now() - began) / 1000)
}
