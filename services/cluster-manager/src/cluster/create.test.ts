import type { CreateClusterRequest } from '@slipway/contracts/cluster/v1/cluster_service'
import type { Host } from '@slipway/contracts/host/v1/host'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ClusterSite, startClusterSite, until } from '../../test/cluster-site.ts'

let site: ClusterSite
beforeAll(async () => {
  site = await startClusterSite()
})
afterAll(() => site?.stop())

function wish(project: string, name: string, hosts: readonly Host[]): CreateClusterRequest {
  const nodes = hosts.map(({ id }, index) => ({
    ...{ host: id, role: index === 0 ? 'control-plane' : 'worker', name: '', labels: {}, taints: [] },
  }))
  const spec = {
    ...{ kubernetesVersion: '1.36.3', nodes, controlPlaneSchedulable: false },
    ...{ network: undefined, apiServer: undefined, runtime: undefined, kubelet: undefined, etcd: undefined },
  }
  return { project, name, spec, dryRun: '', planDigest: '', reason: '', fix: false }
}

let number = 10
async function newHosts(project: string, count: number): Promise<Host[]> {
  const names = Array.from({ length: count }, () => number++)
  return site.addHosts(
    project,
    names.map((one) => ({ name: `h${one}`, address: `10.20.0.${one}` })),
  )
}

test('a dry run answers the plan with its digest, and changes nothing', async () => {
  const hosts = await newHosts('p1', 2)
  const { plan, cluster, operation } = await site.clusters.createCluster({
    ...wish('p1', 'a', hosts),
    dryRun: 'plan',
  })
  expect([cluster, operation]).toEqual([undefined, undefined])
  expect(plan?.steps.map(({ name }) => name)).toEqual([
    'check-hosts',
    'prepare-nodes',
    'start-control-plane',
    'apply-network',
    'join-workers',
    'apply-addons',
    'await-ready',
  ])
  // Two kubelets of 50 MiB, etcd once, and three more images on each; the proof is not pulled.
  expect(plan?.pullMib).toBe(2 * 50 + 10 + 2 * 3 * 10)
  expect(plan?.notes).toHaveLength(1)
  const { clusters } = await site.clusters.listClusters({
    ...{ project: 'p1', pageSize: 0, pageToken: '', state: '', search: '', view: '' },
  })
  expect(clusters).toEqual([])
})

test('the same create sent twice at once begins one operation', async () => {
  const hosts = await newHosts('p2', 1)
  site.runner.on('preflight.yml', () => new Promise(() => {}))
  const call = { ...site.as, idempotencyKey: 'key-1' }
  const changes = await Promise.all(
    [1, 2, 3].map(() => site.clusters.createCluster(wish('p2', 'b', hosts), call)),
  )
  const ids = new Set(changes.map(({ operation }) => operation?.id))
  expect(ids.size).toBe(1)
  expect(new Set(changes.map(({ plan }) => plan?.digest)).size).toBe(1)
  const [id = ''] = ids
  await until(
    async () => site.runner.started,
    (runs) => runs.some(({ operation }) => operation === id),
  )
  await site.operations.cancelOperation({ project: 'p2', id: id ?? '' })
  const operation = await site.ended('p2', id ?? '')
  expect(operation).toMatchObject({ state: 'cancelled', createdBy: 'u1', clusterName: 'b' })
  expect(site.runner.cancelled).toContain(`${id}.check-hosts.1`)
})

test('a name that is taken, a host in a cluster, a foreign host and a wrong range are all told together', async () => {
  const hosts = await newHosts('p3', 1)
  const strangers = await newHosts('p4', 1)
  site.runner.on('preflight.yml', async () => ({ failure: { message: 'no', host: 'h' } }))
  const { operation } = await site.clusters.createCluster(wish('p3', 'c', hosts))
  await site.ended('p3', operation?.id ?? '')
  const again = wish('p3', 'c', [...hosts, ...strangers])
  const spec = again.spec && { ...again.spec, kubernetesVersion: '1.11.0' }
  const refused = await site.clusters
    .createCluster({ ...again, spec: spec && { ...spec, network: network('10.96.0.0/30') } })
    .catch((error) => error)
  expect(refused.code).toBe('Invalid')
  expect(refused.problems.map(({ field }: { field: string }) => field)).toEqual([
    'name',
    'spec.kubernetesVersion',
    'spec.network.serviceCidr',
    'spec.nodes[0].host',
    'spec.nodes[1].host',
  ])
})

test('clocks and machine ids are asked for again, and a create is refused by what they are now', async () => {
  const [one, two] = await newHosts('p11', 2)
  if (!one || !two) throw new Error('no hosts')
  const said = (machine_id: string, ahead: number) => ({
    findings: [],
    facts: { machine_id, host_name: machine_id, epoch: Date.now() / 1000 + ahead },
  })
  site.runner.on('preflight.yml', async () => ({
    hosts: [
      { name: one.name, result: said('m1', 0) },
      { name: two.name, result: said('m1', 600) },
    ],
  }))
  const { operation } = await site.clusters.createCluster(wish('p11', 'c', [one, two]))
  const { id, failure } = await site.ended('p11', operation?.id ?? '')
  expect(failure).toMatchObject({
    code: 'Precondition',
    host: two.name,
    task: 'clock-wrong',
    retryable: false,
  })
  expect(failure?.hint).toBe('Set it right (chrony, systemd-timesyncd), then resume the operation.')
  const at = `${two.name}: `
  expect(failure?.message.split('\n')).toEqual([
    expect.stringMatching(`^${at}the clock of ${two.name} is (600|59\\d)(\\.\\d+)? s ahead of Slipway's$`),
    `${at}${two.name} has the machine id of ${one.name}`,
    `${at}${two.name} and ${one.name} both call themselves m1`,
  ])
  site.runner.on('preflight.yml', async () => ({
    hosts: [
      { name: one.name, result: said('m1', 0) },
      { name: two.name, result: said('m2', 2) },
    ],
  }))
  site.runner.on('prepare.yml', async () => ({ failure: { message: 'enough', host: '' } }))
  await site.operations.resumeOperation({ project: 'p11', id, fromStep: '' })
  expect((await site.ended('p11', id)).failure?.message).toBe('enough')
})

test('findings of all hosts are one failure, the first one first, and the failed create can be resumed', async () => {
  const [one, two] = await newHosts('p5', 2)
  if (!one || !two) throw new Error('no hosts')
  const finding = (id: string) => ({ id, severity: 'error', message: `${id} is wrong`, hint: `Mend ${id}.` })
  site.runner.on('preflight.yml', async () => ({
    failure: { message: 'swap is wrong; port is wrong', host: one.name },
    hosts: [
      { name: one.name, result: { findings: [finding('swap'), finding('port')] } },
      {
        name: two.name,
        result: { findings: [finding('disk'), { ...finding('small'), severity: 'warning' }] },
      },
    ],
  }))
  const { operation, cluster } = await site.clusters.createCluster(wish('p5', 'd', [one, two]))
  const failed = await site.ended('p5', operation?.id ?? '')
  expect(failed.failure).toMatchObject({
    code: 'Precondition',
    host: one.name,
    task: 'swap',
    hint: 'Mend swap.',
  })
  expect(failed.failure?.message.split('\n')).toEqual([
    `${one.name}: swap is wrong`,
    `${one.name}: port is wrong`,
    `${two.name}: disk is wrong`,
  ])
  expect(await site.clusters.getCluster({ project: 'p5', id: cluster?.id ?? '' })).toMatchObject({
    state: 'failed',
  })
  site.runner.on('preflight.yml', async () => ({}))
  site.runner.on('prepare.yml', async () => ({ failure: { message: 'no space left', host: two.name } }))
  await site.operations.resumeOperation({ project: 'p5', id: failed.id, fromStep: '' })
  const later = await site.ended('p5', failed.id)
  expect(later.failure).toMatchObject({ message: 'no space left', host: two.name, task: 'a task' })
  expect(later.steps.map(({ state, attempt }) => [state, attempt]).slice(0, 3)).toEqual([
    ['succeeded', 2],
    ['failed', 1],
    ['pending', 0],
  ])
  const sent = site.runner.started.find(
    ({ playbook, operation: id }) => playbook === 'prepare.yml' && id === failed.id,
  )
  expect(Object.keys(sent?.secrets ?? {})).toEqual(['slipway_repo.token'])
  expect(sent?.variablesJson).not.toContain('pull')
  expect(site.repo.patterns).toContain('v2/registry.k8s.io/pause')

  // And deleted: a host that can't be reached stops it, unless it may be left behind.
  site.runner.on('reset.yml', async () => ({
    failure: { message: 'ssh: no route to host', host: two.name },
    hosts: [{ name: two.name, unreachable: true, message: 'ssh: no route to host' }],
  }))
  const at = { project: 'p5', id: cluster?.id ?? '', dryRun: '', planDigest: '', forget: false, queue: false }
  const first = await site.clusters.deleteCluster({ ...at, leaveUnreachable: false, reason: '' })
  const stopped = await site.ended('p5', first.operation?.id ?? '')
  expect(stopped).toMatchObject({
    state: 'failed',
    failure: { host: two.name, message: 'ssh: no route to host' },
  })
  const second = await site.clusters.deleteCluster({ ...at, leaveUnreachable: true, reason: '' })
  const done = await site.ended('p5', second.operation?.id ?? '')
  expect(done).toMatchObject({ state: 'succeeded', leftBehind: [`${two.name}: ssh: no route to host`] })
  expect(await site.hosts.getHost({ project: 'p5', id: one.id })).toMatchObject({ cluster: '' })
  expect(site.repo.holders.has(at.id)).toBe(false)
  await expect(
    site.operations.resumeOperation({ project: 'p5', id: failed.id, fromStep: '' }),
  ).rejects.toThrow('was followed by')
  // The name and the hosts are free at once.
  site.runner.on('preflight.yml', async () => ({ failure: { message: 'enough', host: '' } }))
  const anew = await site.clusters.createCluster(wish('p5', 'd', [one, two]))
  expect(anew.cluster?.id).not.toBe(at.id)
})

test('a stale digest is refused, and the answer says what differs', async () => {
  const hosts = await newHosts('p6', 2)
  const request = wish('p6', 'e', hosts)
  const { plan } = await site.clusters.createCluster({ ...request, dryRun: 'plan' })
  const other = { ...request, spec: request.spec && { ...request.spec, controlPlaneSchedulable: true } }
  const refused = await site.clusters
    .createCluster({ ...other, planDigest: plan?.digest ?? '' })
    .catch((error) => error)
  expect(refused).toMatchObject({ code: 'Precondition', problems: [{ field: 'planDigest' }] })
  expect(refused.message).toContain('cluster.settings.controlPlaneSchedulable was false and is true')
  site.runner.on('preflight.yml', async () => ({ failure: { message: 'enough', host: '' } }))
  const { operation } = await site.clusters.createCluster({ ...request, planDigest: plan?.digest ?? '' })
  expect(operation?.planDigest).toBe(plan?.digest)
})

test('forgetting a cluster touches no host and names every one', async () => {
  const hosts = await newHosts('p7', 1)
  site.runner.on('preflight.yml', async () => ({ failure: { message: 'enough', host: '' } }))
  const { cluster, operation } = await site.clusters.createCluster(wish('p7', 'f', hosts))
  await site.ended('p7', operation?.id ?? '')
  const runs = site.runner.started.length
  const change = await site.clusters.deleteCluster({
    ...{
      project: 'p7',
      id: cluster?.id ?? '',
      dryRun: '',
      planDigest: '',
      forget: true,
      leaveUnreachable: false,
      queue: false,
      reason: '',
    },
  })
  const done = await site.ended('p7', change.operation?.id ?? '')
  expect(done.state).toBe('succeeded')
  expect(done.leftBehind).toHaveLength(1)
  expect(site.runner.started).toHaveLength(runs)
})

test('a host that was read while it was a node is good for the next cluster, unless it was left as it was', async () => {
  const said: { network_cards?: object[]; routes?: object[] } = {}
  const [host] = await site.addHosts('p8', [{ name: 'h8', address: '10.20.8.1', facts: said }])
  const { id = '' } = host ?? {}
  site.runner.on('preflight.yml', async () => ({ failure: { message: 'enough', host: '' } }))
  site.runner.on('reset.yml', async () => ({}))
  const cycle = async (forget: boolean) => {
    const { cluster, operation } = await site.clusters.createCluster(wish('p8', 'g', host ? [host] : []))
    await site.ended('p8', operation?.id ?? '')
    said.network_cards = [
      { name: 'eth0', mac: 'aa', mtu: 1500, state: 'up', addresses: ['10.20.8.1/24'] },
      { name: 'cni0', mac: 'bb', mtu: 1450, state: 'up', addresses: ['10.244.1.1/24'] },
    ]
    said.routes = [{ destination: '10.244.0.0/24', gateway: '10.244.0.0', device: 'flannel.1' }]
    await site.hosts.refreshHost({ project: 'p8', id })
    await until(
      () => site.hosts.getHost({ project: 'p8', id }),
      ({ state, facts }) => state === 'ready' && facts?.interfaces.length === 2,
    )
    const gone = await site.clusters.deleteCluster({
      ...{ project: 'p8', id: cluster?.id ?? '', dryRun: '', planDigest: '' },
      ...{ forget, leaveUnreachable: false, reason: '', queue: false },
    })
    expect(await site.ended('p8', gone.operation?.id ?? '')).toMatchObject({ state: 'succeeded' })
    const { facts } = await site.hosts.getHost({ project: 'p8', id })
    return [facts?.interfaces.map(({ name }) => name), facts?.routes.length]
  }
  expect(await cycle(false)).toEqual([['eth0'], 0])
  expect(await cycle(true)).toEqual([['eth0', 'cni0'], 1])
})

function network(serviceCidr: string) {
  return {
    ...{ podCidr: '', serviceCidr, nodeMask: 0, dnsDomain: '', proxyMode: '', flannelBackend: '' },
    nodePortRange: '',
  }
}
