import { methods } from '@slipway/contracts'
import { Cluster } from '@slipway/contracts/cluster/v1/cluster'
import { ClusterChange } from '@slipway/contracts/cluster/v1/cluster_service'
import { Host } from '@slipway/contracts/host/v1/host'
import { Operation } from '@slipway/contracts/operation/v1/operation'
import { conflict, unavailable } from '@slipway/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRest, outsidePipeline } from '../src/rest/server.ts'
import { type Gateway, startGateway } from './gateway.ts'

let gateway: Gateway
let project: string
beforeAll(async () => {
  gateway = await startGateway()
  project = await gateway.project('mine')
})
afterAll(() => gateway.stop())

const spec = { kubernetesVersion: '1.36.3', nodes: [{ host: 'h1', role: 'control-plane' }] }
const create = (sent: object, query = '', headers = {}) =>
  gateway.rest('POST', `/projects/${project}/clusters${query}`, { token: gateway.admin, body: sent, headers })

test('the path below /api/v1 is meant whatever it ends with', async () => {
  const { json } = await gateway.rest('GET', '/users?pageToken=z', { token: gateway.admin })
  expect(json.problems[0].field).toBe('pageToken')
})

test('every route but the listed ones is a method of the table', async () => {
  const { tls, routes } = { tls: await gateway.platform.tlsOf('api-gateway'), routes: new Set<string>() }
  const app = await createRest({
    pipeline: {
      call: async () => ({ request: {}, response: {} }),
      open: async () => (async function* () {})(),
      turnAway: async (_unread, error) => error,
    },
    tls,
    ready: async () => {},
    log: { error: () => {} } as never,
    stalledMs: 60_000,
    ending: new AbortController().signal,
    onRoute: ({ method, url }) => routes.add(`${method} ${url}`),
  })
  await app.ready()
  const table = Object.values(methods).flatMap(({ access, route }) =>
    access && route
      ? [`${route.verb.toUpperCase()} /api/v1${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`]
      : [],
  )
  expect([...routes].sort()).toEqual([...table, ...outsidePipeline.map((path) => `GET ${path}`)].sort())
  await app.close()
})

test('probes and the API document need no token', async () => {
  for (const path of outsidePipeline) expect((await gateway.rest('GET', path)).status).toBe(200)
})

test('what is made says where it can be read, and its version as ETag', async () => {
  const made = await gateway.rest('POST', '/projects', { token: gateway.admin, body: { name: 'made' } })
  expect([made.status, made.headers.location, made.headers.etag]).toEqual([
    201,
    `/api/v1/projects/${made.json.id}`,
    '"1"',
  ])
  const read = await gateway.rest('GET', made.headers.location ?? '', { token: gateway.admin })
  expect(read.json).toEqual(made.json)
  const gone = await gateway.rest('DELETE', made.headers.location ?? '', { token: gateway.admin })
  expect([gone.status, gone.text]).toEqual([204, ''])
})

test('a change that rests on a stale version is refused with 412', async () => {
  const { json } = await gateway.rest('POST', '/projects', { token: gateway.admin, body: { name: 'edited' } })
  const edit = (etag: string) =>
    gateway.rest('PATCH', `/projects/${json.id}`, {
      token: gateway.admin,
      body: { description: 'new' },
      headers: { 'if-match': etag },
    })
  expect((await edit('"1"')).headers.etag).toBe('"2"')
  const stale = await edit('"1"')
  expect([stale.status, stale.json.code, stale.json.problems[0].field]).toEqual([412, 'Conflict', 'version'])
  expect((await edit('nonsense')).json.problems[0].field).toBe('If-Match')
})

test('a create answers 202 with its operation, a dry run 200 with the plan', async () => {
  const change = ClusterChange.fromPartial({
    cluster: Cluster.fromPartial({ id: 'c1', project }),
    operation: Operation.fromPartial({ id: 'o1', project }),
  })
  gateway.behind.answers['slipway.cluster.v1.ClusterService/CreateCluster'] = ({ dryRun }) =>
    dryRun === 'plan' ? ClusterChange.fromPartial({ plan: { digest: 'abc' } }) : change
  const begun = await create({ name: 'c1', spec })
  expect([begun.status, begun.headers.location]).toEqual([202, `/api/v1/projects/${project}/operations/o1`])
  const planned = await create({ name: 'c1', spec }, '?dryRun=plan')
  expect([planned.status, planned.json.plan.digest, planned.headers.location]).toEqual([
    200,
    'abc',
    undefined,
  ])
})

test('all problems of a request come together, each with its field, in words, with the way out', async () => {
  const wrong = {
    name: 'A'.repeat(300),
    spec: {
      nodes: [{ host: '', role: 'master', colour: 'blue' }],
      network: { podCIDR: '10.0.0.0/8', nodeMask: 99, proxyMode: 'ipvs' },
      kubernetesVersion: 7,
    },
  }
  const { status, headers, json } = await create(wrong)
  expect([status, headers['content-type'], json.code]).toEqual([
    400,
    'application/problem+json; charset=utf-8',
    'Invalid',
  ])
  expect(json.problems.map(({ field }: { field: string }) => field).sort()).toEqual(
    [
      'name',
      'name',
      'spec.kubernetesVersion',
      'spec.network.nodeMask',
      'spec.network.podCIDR',
      'spec.network.proxyMode',
      'spec.nodes[0].colour',
      'spec.nodes[0].host',
      'spec.nodes[0].role',
    ].sort(),
  )
  const hintOf = (wanted: string) =>
    json.problems.find(({ field }: { field: string }) => field === wanted).hint
  expect(hintOf('spec.network.podCIDR')).toBe('Did you mean podCidr?')
  expect(hintOf('spec.nodes[0].role')).toBe('Use one of control-plane, worker.')
  expect(hintOf('spec.network.proxyMode')).toBe('Use one of nftables, iptables, or leave it empty.')
  expect(json.problems.every(({ message, hint }: Record<string, string>) => message && hint)).toBe(true)
})

test('a name with control characters, malformed JSON, a wrong type and a large body are refused by name', async () => {
  const control = await create({ name: 'a\u0007b', spec: { ...spec, kubernetesVersion: '1.36\u0000' } })
  expect(control.json.problems.map(({ message }: { message: string }) => message)).toContain(
    'holds control characters',
  )
  const malformed = await create('{"name": "c1",\n "spec": {,}}' as never)
  expect(malformed.json.problems[0].message).toBe('is malformed JSON at line 2, column 11 (position 25)')
  const text = await create('name=c1' as never, '', { 'content-type': 'text/plain' })
  expect(text.status).toBe(415)
  const large = await create(Buffer.alloc(10_000_000, 'x') as never)
  expect([large.status, large.json.problems[0].message]).toEqual([413, 'is larger than 1048576 bytes'])
})

test('a call without fields needs no body', async () => {
  const path = `/projects/${project}/operations/o1/cancel`
  const bodiless: Record<string, string>[] = [{}, { 'content-type': 'application/json' }]
  for (const headers of bodiless) {
    const { status } = await gateway.rest('POST', path, { token: gateway.admin, headers })
    expect(status).toBe(202)
  }
})

test('queries are read by their types; unknown ones and a foreign path field are refused', async () => {
  gateway.behind.answers['slipway.host.v1.HostService/ListHosts'] = undefined as never
  await gateway.rest('GET', `/projects/${project}/hosts?pageSize=7&tag=a`, { token: gateway.admin })
  expect(gateway.behind.heard.at(-1)?.request).toMatchObject({ project, pageSize: 7, tag: 'a' })
  const wrong = await gateway.rest('GET', `/projects/${project}/hosts?pageSize=x&size=1`, {
    token: gateway.admin,
  })
  expect(wrong.json.problems.map(({ field }: { field: string }) => field).sort()).toEqual([
    'pageSize',
    'size',
  ])
  const other = await create({ name: 'c1', spec, project: 'another' })
  expect(other.json.problems[0]).toMatchObject({
    field: 'project',
    message: 'differs from the one in the path',
  })
})

test('hosts are imported as a CSV file, and its template is one', async () => {
  gateway.behind.answers['slipway.host.v1.HostService/GetImportTemplate'] = () => ({ csv: 'name,address\n' })
  const path = `/projects/${project}/hosts/import`
  const template = await gateway.rest('GET', `${path}-template`, { token: gateway.admin })
  expect([template.headers['content-type'], template.text]).toEqual([
    'text/csv; charset=utf-8',
    'name,address\n',
  ])
  const body = 'name,address\nweb-1,10.0.0.1\n'
  await gateway.rest('POST', path, { token: gateway.admin, body, headers: { 'content-type': 'text/csv' } })
  expect(gateway.behind.heard.at(-1)?.request).toEqual({ project, csv: body })
})

test('lists hold what is empty too, and answers carry protective headers', async () => {
  const { json, headers } = await gateway.rest('GET', `/projects/${project}/clusters`, {
    token: gateway.admin,
  })
  expect(json).toEqual({ clusters: [], nextPageToken: '' })
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['strict-transport-security']).toBeDefined()
  expect(headers['cache-control']).toBe('no-store')
})

test('an error of another service keeps its code, problems and hint', async () => {
  const hosts = 'slipway.host.v1.HostService'
  gateway.behind.answers[`${hosts}/GetHost`] = () => {
    throw unavailable('host web-1', 'does not answer', 'Look at its power.')
  }
  const down = await gateway.rest('GET', `/projects/${project}/hosts/h1`, { token: gateway.admin })
  expect([down.status, down.json.problems]).toEqual([
    503,
    [{ field: 'host web-1', message: 'does not answer', hint: 'Look at its power.' }],
  ])
  gateway.behind.answers[`${hosts}/GetHost`] = () => Host.fromPartial({ id: 'h1', version: 3 })
  gateway.behind.answers[`${hosts}/UpdateHost`] = () => {
    throw conflict('name', 'There is a host web-1 already.', 'Choose another name.')
  }
  const taken = await gateway.rest('PATCH', `/projects/${project}/hosts/h1`, {
    token: gateway.admin,
    body: { name: 'web-1' },
    headers: { 'if-match': '"3"' },
  })
  expect([taken.status, taken.json.code]).toEqual([409, 'Conflict'])
  expect(gateway.behind.heard.at(-1)?.request.version).toBe(3)
})

test('a mistake of ours shows none of its words', async () => {
  gateway.behind.answers['slipway.host.v1.HostService/GetHost'] = () => {
    throw new Error('password=hunter2')
  }
  const { status, text } = await gateway.rest('GET', `/projects/${project}/hosts/h1`, {
    token: gateway.admin,
  })
  expect(status).toBe(500)
  expect(text).not.toContain('hunter2')
})

test('an operator asks other services as operator, an administrator as administrator', async () => {
  const operator = await gateway.person('operator', { [project]: 'operator' })
  const path = `/projects/${project}/clusters/c1/kubeconfigs`
  for (const [token, role] of [
    [operator.token, 'operator'],
    [gateway.admin, 'administrator'],
  ] as const) {
    await gateway.rest('POST', path, { token, body: {} })
    const asked = gateway.behind.heard.filter(({ method }) => method.endsWith('/CreateKubeconfig'))
    expect(asked.at(-1)?.call.principal?.role).toBe(role)
  }
})
