import { randomUUID } from 'node:crypto'
import { type Bus, openBus } from '@slipway/bus'
import { type Method, methods, schemas } from '@slipway/contracts'
import { Host } from '@slipway/contracts/host/v1/host'
import { OperationBackground } from '@slipway/contracts/operation/v1/operation_service'
import type { Code } from '@slipway/errors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newSessionSecret } from '../src/session/session.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { grpcClient } from './grpc-client.ts'
import { sampleOf } from './sample.ts'

const all = Object.values(methods)
const offered = all.filter(({ access }) => access)
const hidden = all.filter(({ access }) => !access)

/** What somebody has to be told: the code of a refusal, or that the call goes through to its handler. */
type Verdict = Code | 'goes through'
type Access = NonNullable<Method['access']>
const refused: (access: Access) => Verdict = () => 'Unauthenticated'
// A token for one project makes only such tokens, and the sample asks for one without; it sets no password.
const takesWholeToken = (name: string) => ['CreateToken', 'SetPassword'].includes(name)
const isMine = ({ role, scope }: Access) => scope === 'install' && role === 'member'

/** Everybody who may come to a door, and what the table says that they have to be told. */
const everybody: Record<string, (access: Access, name: string) => Verdict> = {
  nobody: refused,
  'somebody with a made-up token': refused,
  'somebody with an expired token': refused,
  'somebody with a revoked token': refused,
  'somebody with a session that has ended': refused,
  'somebody with a session that was left alone': refused,
  'a disabled administrator': refused,
  'an operator of another project': (access) =>
    access.scope === 'project' ? 'NotFound' : isMine(access) ? 'goes through' : 'Denied',
  'an administrator with a token for another project': (access, name) =>
    access.scope === 'project'
      ? 'NotFound'
      : isMine(access) && !takesWholeToken(name)
        ? 'goes through'
        : 'Denied',
  'a viewer': (access) => (access.role === 'viewer' || isMine(access) ? 'goes through' : 'Denied'),
  'a viewer who signed in': (access) =>
    access.role === 'viewer' || isMine(access) ? 'goes through' : 'Denied',
  'an operator': (access) =>
    access.role === 'viewer' || access.role === 'operator' || isMine(access) ? 'goes through' : 'Denied',
  'an administrator with a token for reading': ({ safe }) => (safe ? 'goes through' : 'Denied'),
  'an administrator with a token for this project': (access, name) =>
    access.scope === 'project' || (isMine(access) && !takesWholeToken(name)) ? 'goes through' : 'Denied',
}

let gateway: Gateway
let bus: Bus
let grpc: ReturnType<typeof grpcClient>
let project: string
const tokens: Record<string, string | undefined> = {}
let viewer: string

beforeAll(async () => {
  gateway = await startGateway()
  grpc = grpcClient(gateway.grpc, gateway.ca)
  await people()
  await endedOperation()
})
afterAll(async () => {
  grpc.close()
  await bus.close()
  await gateway.stop()
})

test('only enrolling and signing in need no token', () => {
  const open = offered.filter(({ access }) => access?.role === 'anyone')
  expect(open.map(({ name }) => name)).toEqual(['Enrol', 'CreateSession'])
})

describe.each(Object.entries(everybody))('%s', (name, verdictOf) => {
  const asked = offered.filter(({ access }) => access?.role !== 'anyone')
  test.each(asked.map((method) => [method.path, method] as const))('by gRPC %s', async (_path, method) => {
    const { error } = await grpc.call(method, requestOf(method), { token: await tokenOf(name) })
    check(method, verdictOf, error?.code, error?.problems[0]?.field)
  })

  const routed = asked.filter(({ route }) => route)
  test.each(routed.map((method) => [method.path, method] as const))('by REST %s', async (_path, method) => {
    const { json, status } = await callRoute(method, await tokenOf(name))
    check(method, verdictOf, status < 300 ? undefined : json.code, json?.problems?.[0]?.field)
  })
})

describe('methods without an access rule', () => {
  test.each(hidden.map((method) => [method.path, method] as const))(
    '%s is not there',
    async (_path, method) => {
      const { code } = await grpc.call(method, {}, { token: gateway.admin })
      expect(code).toBe(12)
      expect(method.route).toBeUndefined()
    },
  )
})

test('a foreign project is answered exactly like one that does not exist', async () => {
  const token = tokens['an operator of another project'] ?? ''
  const absent = randomUUID()
  const foreign = await gateway.rest('GET', `/projects/${project}/clusters`, { token })
  const missing = await gateway.rest('GET', `/projects/${absent}/clusters`, { token })
  const blank = ({ json, status }: typeof foreign, id: string) =>
    JSON.stringify([status, { ...json, traceId: '' }]).replaceAll(id, '')
  expect(blank(foreign, project)).toBe(blank(missing, absent))
})

test('what was refused never reached the services behind', () => {
  const viewer = gateway.behind.heard.filter(({ call }) => call.principal?.name === 'viewer')
  expect(viewer.length).toBeGreaterThan(0)
  // Besides what viewers may call there is only what an export of theirs asks on its way.
  const own = viewer.filter(({ method }) => method !== BACKGROUND)
  const reached = own.map(({ method }) => methods[method]?.access?.role)
  expect(reached.every((role) => role === 'viewer' || role === 'member')).toBe(true)
  expect(gateway.behind.heard.every(({ call }) => call.principal !== undefined)).toBe(true)
})

function check(
  method: Method,
  verdictOf: (access: Access, name: string) => Verdict,
  code?: string,
  field?: string,
) {
  const verdict = method.access ? verdictOf(method.access, method.name) : 'Unauthenticated'
  // A handler may find no such object, or one in use: that is past the gate. A hidden project is not.
  const found =
    code === 'Precondition' ||
    (code === 'Invalid' && field === 'password') ||
    (code === 'NotFound' && field !== 'project')
  const passed = code === undefined || found
  expect(passed ? 'goes through' : code).toBe(verdict)
}

function requestOf(method: Method) {
  return sampleOf(method, { project, id: 'sample', user: 'sample', name: 'sample' })
}

function callRoute(method: Method, token: string | undefined) {
  const { verb, path } = method.route ?? { verb: 'get', path: '/' }
  const rest = requestOf(method)
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, field: string) => {
    const value = String(rest[field])
    delete rest[field]
    return value
  })
  const inBody = verb !== 'get' && verb !== 'delete'
  const sent = { ...(token ? { token } : {}), ...(inBody ? { body: rest } : {}) }
  return gateway.rest(verb.toUpperCase(), inBody ? filled : `${filled}${requiredQuery(method, rest)}`, sent)
}

function requiredQuery({ request }: Method, fields: Record<string, unknown>): string {
  const { required = [] } = schemas[request] as { required?: string[] }
  const wanted = required
    .filter((name) => name in fields)
    .map((name): [string, string] => [name, String(fields[name])])
  return wanted.length > 0 ? `?${new URLSearchParams(wanted)}` : ''
}

async function people() {
  const { rest, admin, person, sql } = gateway
  project = await gateway.project('mine')
  const other = await gateway.project('other')
  const user = async (name: string) =>
    (await rest('POST', '/users', { token: admin, body: { name, administrator: true } })).json
  const tokenOf = async (body: object) =>
    (await rest('POST', '/tokens', { token: admin, body: { name: 't', expiresInHours: 1, ...body } })).json

  const known = await person('viewer', { [project]: 'viewer' })
  viewer = known.id
  tokens['a viewer'] = known.token
  tokens['somebody with a session that has ended'] = await session({ expires: '-1 second' })
  tokens['somebody with a session that was left alone'] = await session({ used: '-2 hours' })
  tokens['an operator'] = (await person('operator', { [project]: 'operator' })).token
  tokens['an operator of another project'] = (await person('stranger', { [other]: 'operator' })).token
  tokens['an administrator with a token for reading'] = (await tokenOf({ scope: 'read' })).secret
  tokens['an administrator with a token for this project'] = (await tokenOf({ project })).secret
  tokens['an administrator with a token for another project'] = (await tokenOf({ project: other })).secret
  tokens['somebody with a made-up token'] = `slw_${randomUUID()}_${'a'.repeat(43)}`

  const revoked = await tokenOf({})
  await rest('DELETE', `/tokens/${revoked.token.id}`, { token: admin })
  tokens['somebody with a revoked token'] = revoked.secret

  const disabled = await user('disabled')
  const enrolled = await rest('POST', '/enrolments', { body: { code: disabled.enrolmentCode } })
  await rest('PATCH', `/users/${disabled.user.id}`, { token: admin, body: { enabled: false } })
  tokens['a disabled administrator'] = enrolled.json.secret

  const expired = await tokenOf({})
  await sql(
    `UPDATE api_gateway.tokens SET expires_at = now() - interval '1 second' WHERE id = '${expired.token.id}'`,
  )
  tokens['somebody with an expired token'] = expired.secret
}

/** What somebody calls with; a session is a fresh one for every call, as some of the calls end all of them. */
async function tokenOf(name: string): Promise<string | undefined> {
  return name === 'a viewer who signed in' ? session({}) : tokens[name]
}

/** A session of the viewer, as if there had been a sign-in. */
async function session({ used = '0', expires = '1 hour' }): Promise<string> {
  const { secret, digest } = newSessionSecret()
  await gateway.sql(
    `INSERT INTO api_gateway.sessions VALUES ('${randomUUID()}', '${digest}', '${viewer}', '', '', now(),
      now() + interval '${used}', now() + interval '${expires}')`,
  )
  return secret
}

const BACKGROUND = 'slipway.operation.v1.OperationService/GetOperationBackground'

/** An operation that is over, so that watching it ends at once and its record is whole. */
async function endedOperation() {
  const operation = { id: 'sample', project, state: 'succeeded', version: 1, steps: [] }
  gateway.behind.answers['slipway.operation.v1.OperationService/GetOperation'] = () => ({
    ...emptyOf('slipway.operation.v1.OperationService/GetOperation'),
    ...operation,
  })
  gateway.behind.answers[BACKGROUND] = () => OperationBackground.fromPartial({ operation })
  // The project is walked over by administrators too, and has to outlive it.
  gateway.behind.answers['slipway.host.v1.HostService/ListHosts'] = () => ({
    hosts: [Host.fromPartial({ id: 'sample' })],
    nextPageToken: '',
  })
  bus = await openBus({ ...gateway.platform.foundation('cluster-manager').nats, name: 'cluster-manager' })
  const time = new Date().toISOString()
  const about = { sequence: '1', subject: 'sample', time, data: { operation } }
  const body = { type: 'slipway.operation.succeeded', ...about }
  await bus.jetstream.publish(`slipway.evt.${project}.operation.sample.succeeded`, JSON.stringify(body))
}

function emptyOf(name: string): object {
  return methods[name]?.definition.responseDeserialize(Buffer.alloc(0)) as object
}
