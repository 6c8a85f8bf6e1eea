import { readFile } from 'node:fs/promises'
import { unavailable } from '@slipway/errors'
import { type Connection, callApi, followApi } from '../api/client.ts'
import type { GroundHost } from './ground/ground.ts'

const PROJECT = 'demo'
const CLUSTER = 'demo'
const api = {
  projects: 'slipway.project.v1.ProjectService',
  credentials: 'slipway.credential.v1.CredentialService',
  hosts: 'slipway.host.v1.HostService',
  clusters: 'slipway.cluster.v1.ClusterService',
  operations: 'slipway.operation.v1.OperationService',
}
type Say = (line: string) => void
type Named = { id: string; name: string }
type Host = Named & { state: string; stateReason?: string; address: string; cluster?: string }
type Step = {
  name: string
  title: string
  state: string
  failure?: { host?: string; task?: string; message: string; hint?: string }
}
type Operation = { id: string; state: string; steps?: Step[] }

/** The demo's project, made when it is not there. Answers its id. */
export async function ensureProject(to: Connection): Promise<string> {
  const { projects = [] } = await callApi(to, `${api.projects}/ListProjects`)
  const known = (projects as Named[]).find(({ name }) => name === PROJECT)
  const project: Named =
    known ??
    (await callApi(to, `${api.projects}/CreateProject`, {
      name: PROJECT,
      description: 'What npm run demo made.',
    }))
  return project.id
}

/** Registers the lab's hosts with one credential for all, and answers them when their facts are known. */
export async function ensureHosts(
  to: Connection,
  project: string,
  hosts: readonly GroundHost[],
  say: Say,
): Promise<Host[]> {
  const [first] = hosts
  if (!first) return []
  const { credentials = [] } = await callApi(to, `${api.credentials}/ListCredentials`, { project })
  const known = (credentials as Named[]).find(({ name }) => name === 'lab')
  const credential: Named =
    known ??
    (await callApi(to, `${api.credentials}/CreateCredential`, {
      project,
      name: 'lab',
      user: first.user,
      kind: 'private-key',
      privateKey: await readFile(first.sshKeyFile, 'utf8'),
    }))
  const registered = await listHosts(to, project)
  for (const { name, address } of hosts) {
    if (registered.some((host) => host.name === name)) continue
    await callApi(to, `${api.hosts}/CreateHost`, {
      project,
      name,
      address,
      port: 22,
      credential: credential.id,
      profile: 'lab',
    })
    say(`${name} at ${address} added`)
  }
  return becomeReady(to, project)
}

/** Creates the cluster, or goes on with what an earlier run began; says each step. Answers its id. */
export async function ensureCluster(
  to: Connection,
  project: string,
  spec: { version: string; hosts: readonly Host[] },
  say: Say,
): Promise<string> {
  const known = await findCluster(to, project)
  if (known?.state === 'running') return known.id
  const operation = known ? await goOn(to, project, known) : await create(to, project, spec, say)
  await follow(to, project, operation.id, say)
  const made = await findCluster(to, project)
  if (made?.state !== 'running')
    throw unavailable('cluster', 'the cluster is not running', 'Run the same command again.')
  return made.id
}

/** Forgets cluster and hosts of a lab that is gone. */
export async function forgetEverything(to: Connection, project: string): Promise<void> {
  const cluster = await findCluster(to, project)
  if (cluster && cluster.state !== 'deleted') {
    const { operation } = await callApi(to, `${api.clusters}/DeleteCluster`, {
      project,
      id: cluster.id,
      forget: true,
    })
    await follow(to, project, operation.id, () => {})
  }
  for (const { id } of await listHosts(to, project))
    await callApi(to, `${api.hosts}/DeleteHost`, { project, id })
  const { credentials = [] } = await callApi(to, `${api.credentials}/ListCredentials`, { project })
  for (const { id } of credentials as Named[])
    await callApi(to, `${api.credentials}/DeleteCredential`, { project, id })
}

async function create(
  to: Connection,
  project: string,
  { version, hosts }: { version: string; hosts: readonly Host[] },
  say: Say,
): Promise<Operation> {
  const [first, second] = hosts
  const request = {
    project,
    name: CLUSTER,
    spec: {
      kubernetesVersion: version,
      controlPlaneSchedulable: true,
      nodes: [
        { host: first?.id, role: 'control-plane' },
        { host: second?.id, role: 'worker' },
      ],
    },
  }
  const { plan } = await callApi(to, `${api.clusters}/CreateCluster`, { ...request, dryRun: 'plan' })
  for (const { title, nodes = [] } of plan.steps as { title: string; nodes?: string[] }[])
    say(`plan: ${title}${nodes.length ? ` (${nodes.join(', ')})` : ''}`)
  const { operation } = await callApi(to, `${api.clusters}/CreateCluster`, {
    ...request,
    planDigest: plan.digest,
  })
  return operation
}

async function goOn(
  to: Connection,
  project: string,
  cluster: { id: string; operation: string; state: string },
): Promise<Operation> {
  const operation: Operation = await callApi(to, `${api.operations}/GetOperation`, {
    project,
    id: cluster.operation,
  })
  if (operation.state !== 'failed' && operation.state !== 'cancelled') return operation
  return callApi(to, `${api.operations}/ResumeOperation`, { project, id: operation.id })
}

/** Says steps as they move, to the operation's end; throws the first failure. */
async function follow(to: Connection, project: string, id: string, say: Say): Promise<void> {
  const shown = new Map<string, string>()
  let last: Operation | undefined
  for await (const { event, data } of followApi(to, `${api.operations}/WatchOperation`, { project, id })) {
    if (event !== 'operation') continue
    last = data as Operation
    for (const { name, title, state } of last.steps ?? []) {
      if (shown.get(name) === state || state === 'pending') continue
      shown.set(name, state)
      say(`${state.padEnd(9)} ${title}`)
    }
  }
  if (last?.state === 'succeeded') return
  const failed = last?.steps?.find(({ state }) => state === 'failed')?.failure
  const where = [failed?.host, failed?.task].filter(Boolean).join(', ')
  throw unavailable(
    'operation',
    `${failed?.message ?? `the operation is ${last?.state}`}${where ? ` (${where})` : ''}`,
    failed?.hint || 'Run the same command again: it goes on at the failed step.',
  )
}

async function becomeReady(to: Connection, project: string): Promise<Host[]> {
  const until = Date.now() + 60_000
  for (;;) {
    const hosts = await listHosts(to, project)
    if (hosts.every(({ state }) => state === 'ready')) return hosts
    const bad = hosts.find(({ state }) => state === 'unreachable' || state === 'host-key-changed')
    if (bad || Date.now() > until) {
      const why = bad
        ? `${bad.name} is ${bad.state}: ${bad.stateReason ?? ''}`
        : 'facts of the hosts did not come within a minute'
      throw unavailable('hosts', why, 'See `npm run demo -- status` and the log; run the same command again.')
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function listHosts(to: Connection, project: string): Promise<Host[]> {
  const { hosts = [] } = await callApi(to, `${api.hosts}/ListHosts`, {
    project,
    orderBy: 'name',
    pageSize: 100,
  })
  return hosts as Host[]
}

async function findCluster(
  to: Connection,
  project: string,
): Promise<{ id: string; state: string; operation: string } | undefined> {
  const { clusters = [] } = await callApi(to, `${api.clusters}/ListClusters`, { project, search: CLUSTER })
  return (clusters as (Named & { state: string; operation: string })[]).find(
    ({ name, state }) => name === CLUSTER && state !== 'deleted',
  )
}
