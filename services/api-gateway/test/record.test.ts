import { randomBytes } from 'node:crypto'
import { followSubject, openBus, readEvent } from '@slipway/bus'
import { methods } from '@slipway/contracts'
import { Cluster } from '@slipway/contracts/cluster/v1/cluster'
import { ClusterChange, CreateKubeconfigResponse } from '@slipway/contracts/cluster/v1/cluster_service'
import { Credential } from '@slipway/contracts/credential/v1/credential'
import { Host } from '@slipway/contracts/host/v1/host'
import { openDatabase } from '@slipway/database'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuditStore } from '../src/audit/store.ts'
import { PrismaClient } from '../src/gen/prisma/client.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { grpcClient } from './grpc-client.ts'

let gateway: Gateway
let project: string
beforeAll(async () => {
  gateway = await startGateway((usual) => ({ ...usual, rates: { ...usual.rates, refusals: 600 } }))
  project = await gateway.project('mine')
})
afterAll(() => gateway.stop())

const call = (verb: string, path: string, body?: object, headers: Record<string, string> = {}) =>
  gateway.rest(verb, path, { token: gateway.admin, headers, ...(body ? { body } : {}) })
const audit = async (query: string) => (await call('GET', `/audit?${query}`)).json.entries

test('an unsafe call is recorded: who, from where, what, on which object, before and after', async () => {
  gateway.behind.answers['slipway.host.v1.HostService/GetHost'] = ({ id }) =>
    Host.fromPartial({ id, name: 'before', project })
  gateway.behind.answers['slipway.host.v1.HostService/UpdateHost'] = ({ id, name }) =>
    Host.fromPartial({ id, name, project })
  await call('PATCH', `/projects/${project}/hosts/h1`, { name: 'after' })
  const [entry] = await audit(`project=${project}&object=h1`)
  expect(entry).toMatchObject({
    userName: 'admin',
    source: '127.0.0.1',
    door: 'rest',
    method: 'slipway.host.v1.HostService/UpdateHost',
    noun: 'host',
    project,
    object: 'h1',
    result: 'succeeded',
    code: '',
  })
  expect([JSON.parse(entry.before).name, JSON.parse(entry.after).name]).toEqual(['before', 'after'])
  expect(entry.token).toBe(gateway.admin.split('_')[1])
})

test('refusals are recorded too, at both doors, also of nobody', async () => {
  const viewer = await gateway.person('viewer', { [project]: 'viewer' })
  await gateway.rest('DELETE', `/projects/${project}/hosts/h9`, { token: viewer.token })
  const [denied] = await audit('object=h9')
  expect(denied).toMatchObject({ userName: 'viewer', result: 'refused', code: 'Denied' })

  const grpc = grpcClient(gateway.grpc, gateway.ca)
  const method = methods['slipway.host.v1.HostService/DeleteHost']
  if (!method) throw new Error('no method')
  await grpc.call(method, { project, id: 'h8' })
  const [nobody] = await audit('result=refused')
  expect(nobody).toMatchObject({ user: '', door: 'grpc', code: 'Unauthenticated', source: '127.0.0.1' })
  grpc.close()
})

test('what can’t be read as a call is recorded too: too large, of a wrong type, malformed, or without a route', async () => {
  const path = `/projects/${project}/clusters`
  const large = Buffer.alloc(2_000_000, 'x')
  const as = { token: gateway.admin }
  const plain = { headers: { 'content-type': 'text/plain' }, body: 'name=x' }
  const statuses = [
    await gateway.rest('POST', path, { ...as, body: large }),
    await gateway.rest('POST', path, { ...as, ...plain }),
    await gateway.rest('POST', path, { ...as, body: '{"name": ' }),
    await gateway.rest('PUT', '/nothing?password=hunter2', as),
    await gateway.rest('GET', '/api/v1/%zz', as),
    await gateway.rest('POST', path, { body: large }),
  ].map(({ status, headers }) => `${status} ${headers['content-type']?.split(';')[0]}`)
  expect(statuses).toEqual(
    [413, 415, 400, 404, 400, 413].map((status) => `${status} application/problem+json`),
  )
  const create = 'slipway.cluster.v1.ClusterService/CreateCluster'
  const rows = (await audit('result=refused&pageSize=6')).map(
    ({ userName, method, project: of, code, source }: Record<string, string>) =>
      [userName, method, of === project, code, source].join(' '),
  )
  expect(rows).toEqual([
    ` ${create} true Invalid 127.0.0.1`,
    'admin GET /api/v1/%zz false Invalid 127.0.0.1',
    'admin PUT /api/v1/nothing false NotFound 127.0.0.1',
    `admin ${create} true Invalid 127.0.0.1`,
    `admin ${create} true Invalid 127.0.0.1`,
    `admin ${create} true Invalid 127.0.0.1`,
  ])
})

test('a gRPC message that is too large is recorded', async () => {
  const grpc = grpcClient(gateway.grpc, gateway.ca)
  const method = methods['slipway.host.v1.HostService/ImportHosts']
  if (!method) throw new Error('no method')
  await grpc.call(method, { project, csv: 'x'.repeat(2_000_000) }, { token: gateway.admin })
  await expect
    .poll(async () => (await audit('result=refused&pageSize=1'))[0])
    .toMatchObject({
      method: 'slipway.host.v1.HostService/ImportHosts',
      userName: 'admin',
      code: 'Exhausted',
    })
  grpc.close()
})

test('a call that reads is recorded only when it is refused', async () => {
  const before = await audit('')
  await call('GET', `/projects/${project}/hosts`)
  await call('GET', '/projects/nowhere')
  const after = await audit('')
  expect(after.length).toBe(before.length + 1)
  expect(after[0]).toMatchObject({ method: 'slipway.project.v1.ProjectService/GetProject', code: 'NotFound' })
})

test('no secret reaches the record: neither of requests nor of answers', async () => {
  gateway.behind.answers['slipway.credential.v1.CredentialService/CreateCredential'] = () =>
    Credential.fromPartial({ id: 'k1', project, name: 'key' })
  gateway.behind.answers['slipway.cluster.v1.ClusterService/CreateKubeconfig'] = () =>
    CreateKubeconfigResponse.fromPartial({ kubeconfig: 'TOP-SECRET' })
  const secret = { name: 'key', user: 'root', kind: 'password', password: 'TOP-SECRET' }
  await call('POST', `/projects/${project}/credentials`, secret)
  await call('POST', `/projects/${project}/credentials`, {
    ...secret,
    user: 'NOT A USER',
    kind: 'TOP-SECRET',
  })
  await call('POST', `/projects/${project}/clusters/c1/kubeconfigs`, {})
  const made = await call('POST', '/tokens', { name: 'recorded', expiresInHours: 1 })
  const all = JSON.stringify(await audit('pageSize=500'))
  expect(all).toContain('recorded')
  expect(all).not.toContain('TOP-SECRET')
  expect(all).not.toContain(made.json.secret.split('_')[2])
})

test('the record is read by administrators only, newest first and page by page', async () => {
  const viewer = await gateway.person('curious')
  expect((await gateway.rest('GET', '/audit', { token: viewer.token })).status).toBe(403)
  const whole = await audit('pageSize=500')
  const first = (await call('GET', '/audit?pageSize=3')).json
  const second = (await call('GET', `/audit?pageSize=3&pageToken=${first.nextPageToken}`)).json
  const ids = [...first.entries, ...second.entries].map(({ id }: { id: string }) => id)
  expect(ids).toEqual(whole.slice(0, 6).map(({ id }: { id: string }) => id))
})

test('the same call with the same key is done once, by both doors, and answered again', async () => {
  let made = 0
  gateway.behind.answers['slipway.cluster.v1.ClusterService/CreateCluster'] = () =>
    ClusterChange.fromPartial({ cluster: Cluster.fromPartial({ id: `c${++made}` }) })
  const body = { name: 'once', spec: { kubernetesVersion: '1.36.3', nodes: [{ host: 'h', role: 'worker' }] } }
  const path = `/projects/${project}/clusters`
  const key = { 'idempotency-key': 'k1' }
  const several = await Promise.all([1, 2, 3, 4, 5].map(() => call('POST', path, body, key)))
  expect(several.map(({ json }) => json.cluster.id)).toEqual(['c1', 'c1', 'c1', 'c1', 'c1'])
  expect(made).toBe(1)

  const grpc = grpcClient(gateway.grpc, gateway.ca)
  const method = methods['slipway.cluster.v1.ClusterService/CreateCluster']
  if (!method) throw new Error('no method')
  const again = await grpc.call(method, { project, ...body }, { token: gateway.admin, key: 'k1' })
  expect(again.messages[0].cluster.id).toBe('c1')
  grpc.close()

  const otherBody = await call('POST', path, { ...body, name: 'other' }, key)
  expect([otherBody.status, otherBody.json.problems[0].field]).toEqual([409, 'Idempotency-Key'])
  const person = await gateway.person('other', { [project]: 'operator' })
  const theirs = await gateway.rest('POST', path, { token: person.token, body, headers: key })
  expect(theirs.json.cluster.id).toBe('c2')
  const keys = gateway.behind.heard.filter(({ method: of }) => of.endsWith('/CreateCluster'))
  expect(new Set(keys.map(({ call: { idempotencyKey } }) => idempotencyKey)).size).toBe(2)
})

test('a call that failed frees its key', async () => {
  let asked = 0
  gateway.behind.answers['slipway.host.v1.HostService/RefreshHost'] = () => {
    if (++asked === 1) throw new Error('the first time only')
    return Host.fromPartial({ id: 'h1' })
  }
  const again = () => call('POST', `/projects/${project}/hosts/h1/refresh`, {}, { 'idempotency-key': 'k2' })
  expect((await again()).status).toBe(500)
  expect((await again()).status).toBe(202)
})

test('a secret that is shown once is shown again to the same key, and lies sealed in between', async () => {
  const body = { name: 'keyed', expiresInHours: 1 }
  const first = await call('POST', '/tokens', body, { 'idempotency-key': 'k3' })
  const second = await call('POST', '/tokens', body, { 'idempotency-key': 'k3' })
  expect(second.json).toEqual(first.json)
})

test('what happens to a project is told by events, in order', async () => {
  const id = await gateway.project('told')
  const { id: user } = await gateway.person('member')
  await call('PUT', `/projects/${id}/members/${user}`, { role: 'viewer' })
  await call('PUT', `/projects/${id}/members/${user}`, { role: 'operator' })
  await call('PUT', `/projects/${id}/members/nobody`, { role: 'operator' })
  await call('PATCH', `/projects/${id}`, { description: 'new' })
  await call('DELETE', `/projects/${id}/members/${user}`)
  await call('DELETE', `/projects/${id}`)
  const bus = await openBus({
    ...gateway.platform.foundation('cluster-manager').nats,
    name: 'cluster-manager',
  })
  const done = new AbortController()
  const seen: [string, number][] = []
  for await (const body of followSubject(bus, 'EVENTS', `slipway.evt.${id}.project.>`, done.signal)) {
    const { fact, sequence } = readEvent(body)
    seen.push([fact, sequence])
    if (fact === 'deleted') done.abort()
  }
  expect(seen).toEqual([
    ['created', 1],
    ['member-set', 2],
    ['member-set', 3],
    ['updated', 4],
    ['member-removed', 5],
    ['deleted', 6],
  ])
  await bus.close()
})

test('a project that has hosts or clusters is not deleted', async () => {
  const id = await gateway.project('full')
  gateway.behind.answers['slipway.cluster.v1.ClusterService/ListClusters'] = () => ({
    clusters: [Cluster.fromPartial({ id: 'c1' })],
    nextPageToken: '',
  })
  const { status, json } = await call('DELETE', `/projects/${id}`)
  expect([status, json.code, json.problems[0].field]).toEqual([412, 'Precondition', 'clusters'])
  expect((await call('GET', `/projects/${id}`)).status).toBe(200)
})

test('a flood of strangers is turned away and recorded in part, with how much was left out', async () => {
  const count = async () => (await sql(`SELECT count(*)::int AS rows FROM api_gateway.audit_entries`))[0].rows
  const before = await count()
  const grpc = grpcClient(gateway.grpc, gateway.ca)
  const method = methods['slipway.identity.v1.IdentityService/WhoAmI']
  if (!method) throw new Error('no method')
  const answers = await Promise.all(Array.from({ length: 700 }, () => grpc.call(method, {})))
  grpc.close()
  const told = answers.map(({ error }) => error?.code)
  const turnedAway = told.filter((code) => code === 'Exhausted').length
  expect(turnedAway).toBeGreaterThan(0)
  expect(told.filter((code) => code === 'Unauthenticated')).toHaveLength(told.length - turnedAway)
  expect((await count()) - before).toBe(told.length - turnedAway)
  // Who has a token is recorded as ever, and the row tells of the others.
  await gateway.rest('POST', '/nothing', { token: gateway.admin, body: '{}' })
  const [row] = await audit('result=refused&pageSize=1')
  expect(row.userName).toBe('admin')
  expect(row.message).toMatch(/\(\d+ more were not recorded\)$/)
})

test('refusals of strangers are forgotten after a month, everything else stays', async () => {
  const aged = (user: string, result: string, id: string) =>
    `('${id}', now() - interval '40 days', '${user}', '', '', '', '', 'old', '', '', '', '${result}', '', '', '', '')`
  const idAt = (days: number) => {
    const hex = (Date.now() - days * 86_400_000).toString(16).padStart(12, '0')
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${randomBytes(6).toString('hex')}`
  }
  const rows = [aged('', 'refused', idAt(40)), aged('', 'refused', idAt(20)), aged('u1', 'refused', idAt(40))]
  await sql(`INSERT INTO api_gateway.audit_entries VALUES ${rows.join(', ')}`)
  const { databaseUrl: url } = gateway.config.foundation
  const db = openDatabase(PrismaClient, { url, schema: 'api_gateway' })
  await openAuditStore(db).forgetStrangers(new Date())
  await db.$disconnect()
  const left = await sql(
    `SELECT user_id FROM api_gateway.audit_entries WHERE method = 'old' ORDER BY user_id`,
  )
  expect(left).toEqual([{ user_id: '' }, { user_id: 'u1' }])
})

async function sql(text: string) {
  const client = new pg.Client({ connectionString: gateway.config.foundation.databaseUrl })
  await client.connect()
  const { rows } = await client.query(text)
  await client.end()
  return rows
}
