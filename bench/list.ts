// `node bench/list.ts`: how long lists of clusters, a search and one in detail take through the gateway (REST, TLS, an API
// token) with 1,000 clusters of 10 nodes in the database: for one client that asks without a pause, and for 50 that ask,
// read for a second or so, and ask again. Target: p95 < 50 ms. CPU is that of the all-in-one, which load does not change.
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { callApi } from '@slipway/cli/api'
import { readSettings } from '@slipway/cli/config'
import { administrator, endPlatform, ensurePlatform, ensureProject, placeIn } from '@slipway/cli/demo'
import { connectDatabase } from '@slipway/testing'
import type { Client } from 'pg'
import { cpuMs, percentile } from './numbers.ts'

const CLUSTER_SERVICE = 'slipway.cluster.v1.ClusterService'
const VERSION_SERVICE = 'slipway.version.v1.VersionService'
const CLUSTERS = 1_000
const NODES = 10
const WARM_UP = 50
const CALLS = 500
const CLIENTS = 50
/** Of each of them. */
const CALLS_EACH = 20
const READ_MS = 1_000
/** Characters of a sealed super-admin.conf. */
const SEALED = 8_192
const dir = await mkdtemp('/var/lib/slipway/bench-')
const place = placeIn(dir)
let pid = 0
try {
  const running = await ensurePlatform(place, readSettings(), '127.0.0.1')
  pid = running.processes.find(({ name }) => name === 'slipway')?.pid ?? 0
  const to = await administrator(place, running)
  const project = await ensureProject(to)
  const { versions } = await callApi(to, `${VERSION_SERVICE}/ListVersions`, {})
  const database = await connectDatabase(place.data)
  await fill(database, project, versions[0].name)
  await database.end()
  const list = (more: object) => async () => {
    const { clusters } = await callApi(to, `${CLUSTER_SERVICE}/ListClusters`, { project, ...more })
    if (!clusters?.length) throw new Error('the list is empty')
    return clusters
  }
  const [{ id }] = await list({})()
  for (const [what, ask] of [
    ['page of 50', list({})],
    ['search, many found', list({ search: 'cluster-9' })],
    ['search, one found', list({ search: 'ster-777' })],
    ['one in detail', () => callApi(to, `${CLUSTER_SERVICE}/GetCluster`, { project, id })],
    ['page of 50 with whole specs', list({ view: 'full' })],
    ['page of 500', list({ pageSize: 500 })],
  ] as const) {
    for (let call = 0; call < WARM_UP; call++) await ask()
    await measure(`clusters, ${what}, one client`, () => askedByOne(ask))
    if (what !== 'page of 500') await measure(`clusters, ${what}, ${CLIENTS} clients`, () => askedByMany(ask))
  }
} finally {
  if (pid) await endPlatform(pid)
  await rm(dir, { recursive: true, force: true })
}
process.exit()

async function askedByOne(ask: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let call = 0; call < CALLS; call++) times.push(await timeOf(ask))
  return times
}

/** Everybody begins at a moment of their own, and reads as long as people do: not all the same. */
async function askedByMany(ask: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  const client = async () => {
    for (let call = 0; call < CALLS_EACH; call++) {
      await pause(2 * READ_MS * Math.random())
      times.push(await timeOf(ask))
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return times
}

async function timeOf(ask: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await ask()
  return performance.now() - began
}

async function measure(what: string, asked: () => Promise<number[]>): Promise<void> {
  const before = await cpuMs(pid)
  const times = await asked()
  const cpu = ((await cpuMs(pid)) - before) / times.length
  const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)]
  process.stdout.write(
    `${what}: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (target p95 < 50 ms, but for the last two); CPU ${cpu.toFixed(1)} ms a call; load ${loadavg()[0]?.toFixed(0)}\n`,
  )
}

/** Clusters as if they had been created, each with what is sealed for it, its nodes, its operation and the seven steps of it. */
async function fill(database: Client, project: string, version: string): Promise<void> {
  const known = [project, CLUSTERS, JSON.stringify(specOf(version)), SEALED]
  await database.query('SET search_path TO cluster_manager')
  await database.query(`INSERT INTO release (digest, resolved) VALUES ('bench', '{}')`)
  await database.query(
    `INSERT INTO cluster (id, project, name, live_name, state, state_reason, spec, endpoint, operation, version, created_at,
       encryption_key, admin_config, release)
     SELECT gen_random_uuid(), $1, 'cluster-' || n, 'cluster-' || n, 'running', '', $3::jsonb,
       'api.cluster-' || n || '.slipway.internal:6443', gen_random_uuid(), 9, now(), '',
       (SELECT string_agg(md5(n || '-' || part), '') FROM generate_series(1, $4::int / 32) part), 'bench'
     FROM generate_series(1, $2::int) n`,
    known,
  )
  await database.query(
    `INSERT INTO node (id, cluster, project, name, host, role, state, version)
     SELECT gen_random_uuid(), id, project, 'node-' || n, gen_random_uuid(),
       CASE n WHEN 1 THEN 'control-plane' ELSE 'worker' END, 'ready', 3
     FROM cluster, generate_series(1, $1::int) n`,
    [NODES],
  )
  await database.query(
    `INSERT INTO operation (id, project, cluster, cluster_name, kind, state, wishes, created_by, plan_digest, plan, version,
       created_at, left_behind)
     SELECT operation, project, id, name, 'create-cluster', 'succeeded', '{}', '', '', '{}', 9, now(), '{}' FROM cluster`,
  )
  await database.query(
    `INSERT INTO step (operation, name, position, title, state, attempt, tries, run, nodes, needs)
     SELECT id, 'step-' || n, n, 'a step', 'succeeded', 1, 1, '', '{}', '{}' FROM operation, generate_series(1, 7) n`,
  )
  await database.query('ANALYZE')
}

/** A whole spec, of the size that cluster-manager keeps. */
function specOf(kubernetesVersion: string) {
  const reserved = { cpuMillicores: 100, memoryMib: 256 }
  return {
    kubernetesVersion,
    nodes: Array.from({ length: NODES }, (_, index) => ({
      host: crypto.randomUUID(),
      role: index === 0 ? 'control-plane' : 'worker',
      name: `node-${index + 1}`,
      labels: { zone: 'a' },
      taints: [],
    })),
    network: {
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/16',
      nodeMask: 24,
      dnsDomain: 'cluster.local',
      proxyMode: 'nftables',
      flannelBackend: 'vxlan',
      nodePortRange: '30000-32767',
    },
    apiServer: {
      port: 6443,
      extraSans: [],
      audit: { enabled: true, maxAgeDays: 30, maxBackups: 10, maxSizeMib: 100 },
      encryptionAtRest: true,
    },
    runtime: { dataDir: '/var/lib/containerd', cgroupDriver: 'systemd' },
    kubelet: { maxPods: 110, systemReserved: reserved, kubeReserved: reserved, evictionHard: {} },
    etcd: { dataDir: '/var/lib/etcd', quotaMib: 8192, autoCompactionHours: 1, snapshotCount: 10_000 },
    controlPlaneSchedulable: false,
  }
}
