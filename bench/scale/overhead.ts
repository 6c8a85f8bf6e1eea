// `node bench/scale/overhead.ts` (as root): what of creating a cluster 1 + 1 is Slipway itself. Simulated hosts take as long
// as real ones did, the API server is a real one. From the request to the operation's end, the time is counted that is
// neither in ansible-playbook (the double says when it was asked and when it was done) nor in a step that only asks
// Kubernetes or waits for it. Starting runs, rows, leases, events and queues are Slipway itself. Target ≤ 5 %.
import { loadavg } from 'node:os'
import { percentile } from '../numbers.ts'
import { addHosts } from './hosts.ts'
import { createCluster, succeeded } from './operations.ts'
import { atFleet, type Site } from './site.ts'

const TIMES = 5
const OF_KUBERNETES = ['apply-network', 'apply-addons', 'await-ready']
type Span = { began: number; ended: number }

await atFleet({ pace: 1 }, async (site) => {
  const hosts = await addHosts(site.to, site.project, { count: 2 * (TIMES + 1) })
  const shares: number[] = []
  for (let time = 0; time <= TIMES; time++) {
    const { operation } = await createCluster(site, `c-${time}`, hosts.slice(2 * time, 2 * time + 2))
    await succeeded(site, [operation])
    const { total, own } = await partsOf(site, operation)
    // The first one waits for the API server's start.
    if (time === 0) continue
    shares.push(own / total)
    process.stdout.write(
      `create 1 + 1: ${(total / 1000).toFixed(1)} s, of which Slipway itself ${(own / 1000).toFixed(2)} s = ${((100 * own) / total).toFixed(1)} %\n`,
    )
  }
  process.stdout.write(
    `platform overhead of a create: ${(100 * percentile(shares, 0.5)).toFixed(1)} %, the middle of ${TIMES} (target ≤ 5 %); load ${loadavg()[0]?.toFixed(0)}\n`,
  )
})
process.exit()

async function partsOf({ query, plays }: Site, operation: string): Promise<{ total: number; own: number }> {
  const ms = (name: string) => `(extract(epoch FROM ${name}) * 1000)::float8`
  const [whole] = await query<Span>(
    `SELECT ${ms('created_at')} AS began, ${ms('ended_at')} AS ended FROM cluster_manager.operation WHERE id = $1`,
    [operation],
  )
  const steps = await query<Span>(
    `SELECT ${ms('started_at')} AS began, ${ms('ended_at')} AS ended FROM cluster_manager.step
     WHERE operation = $1 AND name = ANY($2)`,
    [operation, OF_KUBERNETES],
  )
  if (!whole) throw new Error('the operation has no row')
  const total = whole.ended - whole.began
  const elsewhere = [...(await plays()), ...steps].filter(({ ended }) => ended > whole.began)
  return { total, own: total - covered(elsewhere) }
}

/** Milliseconds in at least one of the spans. */
function covered(spans: readonly Span[]): number {
  let [sum, until] = [0, 0]
  for (const { began, ended } of spans.toSorted((a, b) => a.began - b.began)) {
    sum += Math.max(0, ended - Math.max(began, until))
    until = Math.max(until, ended)
  }
  return sum
}
