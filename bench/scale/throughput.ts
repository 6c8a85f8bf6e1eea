// `node bench/scale/throughput.ts` (as root): 1,000 operations a minute through REST and two replicas of cluster-manager, with
// NATS and PostgreSQL (which waits for its disk) beside them: each sets a label of a node at its API server. They are
// asked for at a steady rate for a minute, whatever became of those before. Target: sustained, no backlog.
import { setTimeout as pause } from 'node:timers/promises'
import { percentile } from '../numbers.ts'
import { cpuSeconds } from './cpu.ts'
import { addHosts } from './hosts.ts'
import { createCluster, labelNode, succeeded } from './operations.ts'
import { atFleet, type Site } from './site.ts'

const CLUSTERS = 40
const A_MINUTE = Number(process.argv[2] ?? 1_000)
const SECONDS = 60
const WINDOW_SECONDS = 10
const say = (line: string) => process.stdout.write(`${line}\n`)

await atFleet({ pace: 0 }, async (site) => {
  const hosts = await addHosts(site.to, site.project, { count: CLUSTERS })
  const created = await Promise.all(hosts.map((host) => createCluster(site, `c-${host.name}`, [host])))
  await succeeded(
    site,
    created.map(({ operation }) => operation),
  )
  const places = created.map(({ cluster }, at) => ({ cluster, node: hosts[at]?.name ?? '' }))
  await load(site, places.slice(0, 10), 600, 5)
  const before = await cpuSeconds(site)
  const { asked, refused, open } = await load(site, places, A_MINUTE, SECONDS)
  const waited = performance.now()
  const seconds = await succeeded(site, asked)
  const rest = (performance.now() - waited) / 1000
  const used = await cpuSeconds(site)
  say(
    `${asked.length} of ${(A_MINUTE * SECONDS) / 60} operations asked for in ${SECONDS} s, ${refused} refused`,
  )
  say(
    `not ended yet every ${WINDOW_SECONDS} s: ${open.join(' ')}; all had ended ${rest.toFixed(1)} s after the last`,
  )
  say(
    `from request to end: p50 ${percentile(seconds, 0.5).toFixed(2)} s, p95 ${percentile(seconds, 0.95).toFixed(2)} s, max ${percentile(seconds, 1).toFixed(2)} s`,
  )
  for (const [name, value] of used)
    say(`  CPU of ${name}: ${((value - (before.get(name) ?? 0)) / SECONDS).toFixed(2)} cores`)
  const kept = asked.length === (A_MINUTE * SECONDS) / 60 && (open.at(-1) ?? 0) <= A_MINUTE / 60
  say(
    `${A_MINUTE} operations a minute: ${kept ? 'sustained, no backlog' : 'NOT sustained'} (target: sustained, no backlog)`,
  )
})
process.exit()

/** Asks at a steady rate; the answers are counted, not waited for. */
async function load(
  site: Site,
  places: readonly { cluster: string; node: string }[],
  aMinute: number,
  seconds: number,
): Promise<{ asked: string[]; refused: number; open: number[] }> {
  const asked: string[] = []
  const open: number[] = []
  let refused = 0
  const began = performance.now()
  const calls: Promise<unknown>[] = []
  for (let number = 0; number < (aMinute * seconds) / 60; number++) {
    const due = began + (number * 60_000) / aMinute
    await pause(Math.max(0, due - performance.now()))
    const place = places[number % places.length]
    if (!place) break
    const call = labelNode(site, { ...place, value: `v${number}` })
    calls.push(call.then(({ operation }) => asked.push(operation)).catch(() => (refused += 1)))
    if (number % ((aMinute / 60) * WINDOW_SECONDS) < 1 && number > 0) open.push(await unfinished(site))
  }
  await Promise.all(calls)
  open.push(await unfinished(site))
  return { asked, refused, open }
}

async function unfinished({ query }: Site): Promise<number> {
  const [row] = await query<{ count: number }>(
    `SELECT count(*)::int AS count FROM cluster_manager.operation WHERE state IN ('planned', 'running')`,
  )
  return row?.count ?? 0
}
