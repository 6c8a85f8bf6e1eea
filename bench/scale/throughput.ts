// `node bench/scale/throughput.ts` (as root): 1,000 operations a minute through REST and two replicas of cluster-manager, with
// NATS and PostgreSQL (which waits for its disk) beside them: each sets a label of its cluster's own node at its API server.
// They are asked for at a steady rate for a minute, whatever became of those before. Target: sustained, no backlog.
// `node bench/scale/throughput.ts 1000 FOLDER` leaves a CPU profile of the gateway and of each replica in that folder.
import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { percentile } from '../numbers.ts'
import { cpuSeconds } from './cpu.ts'
import { addHosts } from './hosts.ts'
import { createCluster, labelNode, succeeded } from './operations.ts'
import { atFleet, type Site } from './site.ts'

/** So many that a change has mostly ended before the next one of its cluster is asked for. */
const CLUSTERS = 200
const A_MINUTE = Number(process.argv[2] ?? 1_000)
const PROFILES = process.argv[3]
const SECONDS = 60
const WINDOW_SECONDS = 10
const say = (line: string) => process.stdout.write(`${line}\n`)

await atFleet({ pace: 0, profiles: PROFILES }, async (site) => {
  const hosts = await addHosts(site.to, site.project, { count: 1 + CLUSTERS })
  const { cluster, operation } = await createCluster(site, 'one', hosts)
  await succeeded(site, [operation])
  const places = await copiesOf(site, cluster)
  await load(site, places.slice(0, 10), 600, 5)
  const before = await cpuSeconds(site)
  const { asked, refusals, open } = await load(site, places, A_MINUTE, SECONDS)
  const waited = performance.now()
  const seconds = await succeeded(site, asked)
  const rest = (performance.now() - waited) / 1000
  const used = await cpuSeconds(site)
  say(
    `${asked.length} of ${(A_MINUTE * SECONDS) / 60} operations asked for in ${SECONDS} s, ${refusals.length} refused`,
  )
  for (const [why, times] of Map.groupBy(refusals, (message) => message.slice(0, 120)))
    say(`  ${times.length} × ${why}`)
  say(
    `not ended yet every ${WINDOW_SECONDS} s: ${open.join(' ')}; all had ended ${rest.toFixed(1)} s after the last`,
  )
  say(
    `from request to end: p50 ${percentile(seconds, 0.5).toFixed(2)} s, p95 ${percentile(seconds, 0.95).toFixed(2)} s, max ${percentile(seconds, 1).toFixed(2)} s`,
  )
  for (const [name, value] of used)
    say(
      `  CPU of ${name}: ${((1000 * (value - (before.get(name) ?? 0))) / asked.length).toFixed(1)} ms an operation`,
    )
  const kept = asked.length === (A_MINUTE * SECONDS) / 60 && (open.at(-1) ?? 0) <= A_MINUTE / 60
  say(
    `${A_MINUTE} operations a minute: ${kept ? 'sustained, no backlog' : 'NOT sustained'} (target: sustained, no backlog); load ${loadavg()[0]?.toFixed(0)}`,
  )
})
process.exit()

/**
 * Rows for clusters that share their control plane and name with the given one and have a worker of it each: creating so
 * many would take longer than all the rest. Patches of one node by all would meet at that object.
 */
async function copiesOf({ query }: Site, cluster: string): Promise<{ cluster: string; node: string }[]> {
  const copies = await query<{ cluster: string; node: string }>(
    `INSERT INTO cluster_manager.cluster
     SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid()::text, 'live_name', 'copy-' || n,
       'spec', jsonb_set(spec, '{nodes}', jsonb_build_array(spec->'nodes'->0, spec->'nodes'->n))))).*
     FROM cluster_manager.cluster c, generate_series(1, $2::int) n WHERE id = $1
     RETURNING id AS cluster, spec->'nodes'->1->>'name' AS node`,
    [cluster, CLUSTERS],
  )
  await query(
    `INSERT INTO cluster_manager.node
     SELECT (jsonb_populate_record(node, jsonb_build_object('id', gen_random_uuid()::text, 'cluster', copy.id))).*
     FROM cluster_manager.node JOIN cluster_manager.cluster copy ON copy.id = ANY($2)
       AND node.name IN (copy.spec->'nodes'->0->>'name', copy.spec->'nodes'->1->>'name')
     WHERE cluster = $1`,
    [cluster, copies.map((copy) => copy.cluster)],
  )
  return copies
}

/** Asks at a steady rate; the answers are counted, not waited for. */
async function load(
  site: Site,
  places: readonly { cluster: string; node: string }[],
  aMinute: number,
  seconds: number,
): Promise<{ asked: string[]; refusals: string[]; open: number[] }> {
  const asked: string[] = []
  const open: number[] = []
  const refusals: string[] = []
  const began = performance.now()
  const calls: Promise<unknown>[] = []
  for (let number = 0; number < (aMinute * seconds) / 60; number++) {
    const due = began + (number * 60_000) / aMinute
    await pause(Math.max(0, due - performance.now()))
    const place = places[number % places.length]
    if (!place) break
    const call = labelNode(site, { ...place, value: `v${number}` })
    calls.push(
      call
        .then(({ operation }) => asked.push(operation))
        .catch((error: Error) => refusals.push(error.message)),
    )
    if (number % ((aMinute / 60) * WINDOW_SECONDS) < 1 && number > 0) open.push(await unfinished(site))
  }
  await Promise.all(calls)
  open.push(await unfinished(site))
  return { asked, refusals, open }
}

async function unfinished({ query }: Site): Promise<number> {
  const [row] = await query<{ count: number }>(
    `SELECT count(*)::int AS count FROM cluster_manager.operation WHERE state IN ('planned', 'running')`,
  )
  return row?.count ?? 0
}
