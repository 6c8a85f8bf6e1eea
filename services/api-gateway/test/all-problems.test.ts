import { methods } from '@slipway/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from './gateway.ts'
import { grpcClient } from './grpc-client.ts'
import { type Manager, startManager } from './manager.ts'

let manager: Manager
let gateway: Gateway
let project: string
let foreignHost: string

beforeAll(async () => {
  gateway = await startGateway(async (usual, platform) => {
    manager = await startManager(platform, usual, platform)
    return { ...usual, upstreams: { ...usual.upstreams, clusterManager: manager.address } }
  })
  project = await gateway.project('mine')
  foreignHost = await hostOf(await gateway.project('other'))
})
afterAll(async () => {
  await manager.stop()
  await gateway.stop()
})

async function hostOf(owner: string): Promise<string> {
  const post = async (noun: string, body: object) =>
    (await gateway.rest('POST', `/projects/${owner}/${noun}`, { token: gateway.admin, body })).json.id
  const credential = await post('credentials', {
    name: 'c',
    user: 'root',
    kind: 'password',
    password: 'geheim',
  })
  return post('hosts', { name: 'theirs', address: '192.0.2.7', credential })
}

const create = (body: object, token = gateway.admin) =>
  gateway.rest('POST', `/projects/${project}/clusters`, { token, body })
const fieldsOf = (problems: readonly { field: string }[]) => problems.map(({ field }) => field).sort()

/** Wrong in its form and in its meaning. */
const wrong = () => ({
  name: 'n'.repeat(300),
  colour: 'blue',
  spec: {
    kubernetesVersion: '1.99.9',
    surprise: 1,
    nodes: [{ host: foreignHost, role: 'control-plane', taints: 'none' }],
    network: { podCidr: '10.96.0.0/12', serviceCidr: '10.100.0.0/16', nodeMask: '24' },
  },
})

test('what is wrong about the form and about the meaning of a create comes in one answer, and nothing is changed', async () => {
  const { status, headers, json } = await create(wrong())
  expect([status, headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8'])
  expect(fieldsOf(json.problems)).toEqual([
    'colour',
    'name',
    'spec.kubernetesVersion',
    'spec.network.nodeMask',
    'spec.network.serviceCidr',
    'spec.nodes[0].host',
    'spec.nodes[0].taints',
    'spec.surprise',
  ])
  for (const { message, hint } of json.problems) expect([message, hint]).not.toContain('')
  const said = (field: string) => json.problems.find((one: { field: string }) => one.field === field).message
  expect(said('spec.network.serviceCidr')).toContain('overlaps')
  expect(said('spec.kubernetesVersion')).toContain('not in the catalogue')
  expect(said('spec.nodes[0].host')).toContain('this project has no host')
  const { json: listed } = await gateway.rest('GET', `/projects/${project}/clusters`, {
    token: gateway.admin,
  })
  expect(listed.clusters).toEqual([])
})

test('gRPC answers the same', async () => {
  const grpc = grpcClient(gateway.grpc, gateway.ca)
  const method = methods['slipway.cluster.v1.ClusterService/CreateCluster']
  if (!method) throw new Error('no method')
  const { spec } = wrong()
  const { network, nodes, kubernetesVersion } = spec
  const sent = {
    project,
    name: 'n'.repeat(300),
    spec: { kubernetesVersion, network: { ...network, nodeMask: 99 }, nodes: [{ ...nodes[0], taints: [] }] },
  }
  const { error } = await grpc.call(method, sent, { token: gateway.admin })
  expect(error?.code).toBe('Invalid')
  expect(fieldsOf(error?.problems ?? [])).toEqual([
    'name',
    'spec.kubernetesVersion',
    'spec.network.nodeMask',
    'spec.network.serviceCidr',
    'spec.nodes[0].host',
  ])
  grpc.close()
})

test('nothing is said that only rests on what was wrong', async () => {
  const { kubernetesVersion } = wrong().spec
  const { json } = await create({
    name: 'fine',
    planDigest: 'of an earlier plan',
    spec: {
      kubernetesVersion,
      nodes: [{ host: foreignHost, role: 'master' }],
      // With the usual pod range this would overlap, with the one that was meant it does not.
      network: { podCidr: 7, serviceCidr: '10.244.0.0/16' },
    },
  })
  expect(fieldsOf(json.problems)).toEqual([
    'spec.kubernetesVersion',
    'spec.network.podCidr',
    'spec.nodes[0].host',
    'spec.nodes[0].role',
  ])
})

test('somebody who may not create hears about the form only', async () => {
  const { token } = await gateway.person('viewer', { [project]: 'viewer' })
  const { status, json } = await create(wrong(), token)
  expect(status).toBe(400)
  expect(fieldsOf(json.problems)).not.toContain('spec.nodes[0].host')
})

test('a refusal with a thousand problems is an answer, too, at both doors', async () => {
  const nodes = Array.from({ length: 1_000 }, () => ({ host: 'nowhere', role: 'worker' }))
  const { status, json } = await create({ name: 'large', spec: { kubernetesVersion: '1.99.9', nodes } })
  expect([status, json.code]).toEqual([400, 'Invalid'])
  expect(fieldsOf(json.problems)).toContain('spec.kubernetesVersion')
  expect(json.problems.at(-1)).toMatchObject({
    field: 'request',
    message: expect.stringContaining('more problems'),
  })

  const grpc = grpcClient(gateway.grpc, gateway.ca)
  const method = methods['slipway.cluster.v1.ClusterService/CreateCluster']
  if (!method) throw new Error('no method')
  const sent = { project, name: 'large', spec: { kubernetesVersion: '1.99.9', nodes } }
  const { error } = await grpc.call(method, sent, { token: gateway.admin })
  expect(fieldsOf(error?.problems ?? [])).toContain('spec.kubernetesVersion')
  grpc.close()
})
