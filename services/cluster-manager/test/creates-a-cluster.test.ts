import type { Operation } from '@slipway/contracts/operation/v1/operation'
import { readManifests } from '@slipway/kube'
import { startControlPlane, type TestControlPlane } from '@slipway/kube/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ClusterSite, startClusterSite, until } from './cluster-site.ts'
import { available, deployment, joined } from './played-nodes.ts'

// Hosts are played; the API server, its certificates and its answers are real.
let site: ClusterSite
let plane: TestControlPlane
beforeAll(async () => {
  ;[site, plane] = await Promise.all([startClusterSite(), startControlPlane()])
})
afterAll(async () => {
  await site?.stop()
  await plane?.stop()
})

const project = 'p1'
const secrets = () => plane.kubectl('get', 'secrets', '-n', 'kube-system', '-o', 'name')

test('a cluster comes to be, its people get in, and it goes away again', async () => {
  const [cp, w] = await site.addHosts(project, [
    { name: 'cp1', address: '10.30.0.1' },
    { name: 'w1', address: '10.30.0.2' },
  ])
  await site.moveHost(cp?.id ?? '', '127.0.0.1')
  let tokensWhileJoining = ''
  let tokenSecret = ''
  site.runner.on('control-plane.yml', async () => {
    await joined(plane, 'cp1', true)
    await deployment(plane, 'coredns')
    await available(plane, 'coredns')
    return { exports: { 'super-admin.conf': plane.superAdmin } }
  })
  site.runner.on('worker.yml', async () => {
    tokensWhileJoining = await secrets()
    const path = 'jsonpath={.items[0].data.token-secret}'
    const encoded = await plane.kubectl('get', 'secrets', '-n', 'kube-system', '-o', path)
    tokenSecret = Buffer.from(encoded, 'base64').toString()
    await joined(plane, 'w1', true)
    return {}
  })
  const node = { name: '', labels: {}, taints: [] }
  const labels = { 'node-role.kubernetes.io/storage': '', tier: 'a' }
  const { operation, cluster } = await site.clusters.createCluster({
    ...{ project, name: 'test', dryRun: '', planDigest: '', fix: false, reason: '' },
    spec: {
      kubernetesVersion: '1.36.3',
      nodes: [
        { ...node, host: cp?.id ?? '', role: 'control-plane' },
        { ...node, host: w?.id ?? '', role: 'worker', labels },
      ],
      ...{ network: undefined, runtime: undefined, kubelet: undefined, etcd: undefined },
      apiServer: { port: plane.at.port, extraSans: [], audit: undefined },
      controlPlaneSchedulable: false,
    },
  })
  const at = { project, id: cluster?.id ?? '' }
  await until(
    () => plane.kubectl('get', 'deploy', '-n', 'kube-system', '-o', 'name'),
    (said) => said.includes('metrics-server'),
  )
  expect(await site.operations.getOperation({ project, id: operation?.id ?? '' })).toMatchObject({
    state: 'running',
  })
  await available(plane, 'metrics-server')
  const done = await site.ended(project, operation?.id ?? '')
  expect(done).toMatchObject({ state: 'succeeded', failure: undefined })
  expect(runsOf(done)).toEqual(['check-hosts', 'prepare-nodes', 'start-control-plane', 'join-workers'])
  expect(await site.clusters.getCluster(at)).toMatchObject({
    state: 'running',
    endpoint: `api.test.slipway.internal:${plane.at.port}`,
  })

  // One token while it joined, none afterwards.
  await backgroundOfCreate(operation?.id ?? '', tokenSecret)
  expect(tokensWhileJoining.trim()).toMatch(/^secret\/bootstrap-token-[0-9a-f]{6}$/)
  expect((await secrets()).trim()).toBe('')
  const settings = await plane.kubectl(
    'get',
    'cm',
    'flannel',
    '-n',
    'kube-flannel',
    '-o',
    'jsonpath={.data.net-conf\\.json}',
  )
  expect(JSON.parse(settings)).toEqual({
    Network: '10.244.0.0/16',
    EnableNFTables: true,
    Backend: { Type: 'vxlan' },
  })
  const { nodes } = await site.clusters.listNodes({ ...at, pageSize: 1, pageToken: '' })
  expect(nodes).toMatchObject([{ name: 'cp1', host: cp?.id, role: 'control-plane', ready: true }])
  const labelled = await plane.kubectl('get', 'node', 'w1', '-o', 'jsonpath={.metadata.labels}')
  expect(JSON.parse(labelled)).toEqual({ 'node-role.kubernetes.io/storage': '' })

  await kubeconfigsOf(at)
  site.runner.on('reset.yml', async ({ attempt }) => (attempt === 1 ? cutOff('w1') : {}))
  const change = await site.clusters.deleteCluster({
    ...{
      ...at,
      dryRun: '',
      planDigest: '',
      forget: false,
      leaveUnreachable: false,
      reason: '',
      queue: false,
    },
  })
  const away = await until(
    () => site.operations.getOperation({ project, id: change.operation?.id ?? '' }),
    ({ steps }) => steps[0]?.retryAt !== undefined,
  )
  expect(away.steps[0]).toMatchObject({ state: 'pending', failure: { host: 'w1', retryable: true } })
  expect(await site.ended(project, change.operation?.id ?? '')).toMatchObject({
    state: 'succeeded',
    leftBehind: [],
  })
  const gone = await backgroundOf(change.operation?.id ?? '')
  expect(JSON.parse(gone.specBeforeJson).nodes).toHaveLength(2)
  expect(gone.specAfterJson).toBe('')
  await expect(site.clusters.createKubeconfig({ ...at, minutes: 10 }, site.as)).rejects.toThrow(
    'no API server',
  )
})

/** A run that did not reach a host. */
function cutOff(name: string) {
  const message = 'ssh: connect to host: timed out'
  return {
    hosts: [{ name, unreachable: true, message }],
    failure: { message, host: name, retryable: true },
  }
}

function backgroundOf(id: string) {
  return site.operations.getOperationBackground({ project, id })
}

/** What its record rests on is kept, and nothing secret with it. */
async function backgroundOfCreate(id: string, tokenSecret: string): Promise<void> {
  const background = await backgroundOf(id)
  expect(background).toMatchObject({ kubernetes: '1.36.3', specBeforeJson: '', operation: { id } })
  expect(background.slipway).toMatch(/^\d+\.\d+\.\d+/)
  expect(JSON.parse(background.specAfterJson).nodes).toMatchObject([{ name: 'cp1' }, { name: 'w1' }])
  expect(JSON.parse(background.basisJson).hosts).toMatchObject({ cp1: { cpus: 4 }, w1: { memoryMib: 8192 } })
  const steps = background.operation?.steps.map(({ name }) => name)
  expect(background.attempts.map(({ step, attempt, state }) => `${step} ${attempt} ${state}`)).toEqual(
    steps?.map((name) => `${name} 1 succeeded`),
  )
  const told = JSON.stringify(background)
  expect(tokenSecret).toMatch(/^[0-9a-z]{16}$/)
  for (const secret of [tokenSecret, 'geheim', plane.superAdmin.slice(-200).trim(), 'v1.ansible-runner'])
    expect(told).not.toContain(secret)
}

/** Each role gets in with its own rights and no more, and nobody without a person. */
async function kubeconfigsOf(at: { project: string; id: string }): Promise<void> {
  const { openKube } = await import('@slipway/kube')
  const rights = { administrator: true, operator: false, viewer: false } as const
  for (const [role, everything] of Object.entries(rights)) {
    const principal = { user: 'u1', name: 'ada', role: role as keyof typeof rights }
    const { kubeconfig, expiresAt } = await site.clusters.createKubeconfig(
      { ...at, minutes: 60 },
      { principal },
    )
    expect((expiresAt?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(3_600_000)
    const kube = await openKube({ kubeconfig, at: plane.at, now: () => new Date() })
    expect(await kube.nodes()).toHaveLength(2)
    const [object] = await readManifests(
      new URL('../../../infra/kubernetes/people.yaml', import.meta.url).pathname,
    )
    const applied = kube.apply(object ? [object] : [])
    if (everything) await applied
    else await expect(applied).rejects.toMatchObject({ code: 'Denied' })
    await kube.close()
  }
  await expect(site.clusters.createKubeconfig({ ...at, minutes: 60 })).rejects.toMatchObject({
    code: 'Denied',
  })
  await givenKubeconfigs(at)
}

/** Whose kubeconfigs are good still is told, and nothing that is in them; to nobody of another project. */
async function givenKubeconfigs(at: { project: string; id: string }): Promise<void> {
  const first = await site.clusters.listKubeconfigs({ ...at, pageSize: 2, pageToken: '' })
  const rest = await site.clusters.listKubeconfigs({ ...at, pageSize: 2, pageToken: first.nextPageToken })
  const given = [...first.kubeconfigs, ...rest.kubeconfigs]
  expect(rest.nextPageToken).toBe('')
  expect(given.map(({ role }) => role)).toEqual(['viewer', 'operator', 'administrator'])
  const times = { createdAt: expect.any(Date), expiresAt: expect.any(Date) }
  const about = { id: expect.any(String), cluster: at.id, user: 'u1', userName: 'ada' }
  expect(given[0]).toEqual({ ...about, role: 'viewer', ...times })
  const elsewhere = site.clusters.listKubeconfigs({ ...at, project: 'p2', pageSize: 0, pageToken: '' })
  await expect(elsewhere).rejects.toMatchObject({ code: 'NotFound' })
}

function runsOf({ id, steps }: Operation): string[] {
  return steps.flatMap(({ name, run, attempt }) => (run === `${id}.${name}.${attempt}` ? [name] : []))
}
