import { stat } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApiGateway } from '../src/service.ts'
import { type Gateway, startGateway } from './gateway.ts'

let gateway: Gateway
let project: string
beforeAll(async () => {
  gateway = await startGateway()
  project = await gateway.project('mine')
})
afterAll(() => gateway.stop())

const asAdmin = (verb: string, path: string, body?: object) =>
  gateway.rest(verb, path, { token: gateway.admin, ...(body ? { body } : {}) })
const me = (token: string) => gateway.rest('GET', '/me', { token })

const sql = (text: string) => gateway.sql(text)

test('the code of the first administrator works once, and its file is gone afterwards', async () => {
  const again = await gateway.rest('POST', '/enrolments', { body: { code: gateway.code } })
  expect([again.status, again.json.code]).toEqual([401, 'Unauthenticated'])
  await expect(stat(gateway.config.enrolmentFile)).rejects.toThrow('ENOENT')
  const { json } = await me(gateway.admin)
  expect(json.user).toMatchObject({ name: 'admin', administrator: true, enabled: true })
})

test('a second replica starts beside the first and makes no second administrator', async () => {
  const second = await openApiGateway(gateway.config)
  await expect(stat(gateway.config.enrolmentFile)).rejects.toThrow('ENOENT')
  expect(await sql(`SELECT name FROM api_gateway.users WHERE name = 'admin'`)).toHaveLength(1)
  await second.stop()
})

test('secrets are kept as digests only', async () => {
  const secret = gateway.admin.split('_').at(-1) ?? ''
  const rows = JSON.stringify([
    await sql('SELECT * FROM api_gateway.tokens'),
    await sql('SELECT * FROM api_gateway.enrolments'),
    await sql('SELECT * FROM api_gateway.audit_entries'),
  ])
  expect(rows).not.toContain(secret)
  expect(rows).not.toContain(gateway.code)
})

test('a code expires after a day', async () => {
  const { json } = await asAdmin('POST', '/users', { name: 'late' })
  expect(Date.parse(json.enrolmentExpiresAt) - Date.now()).toBeLessThanOrEqual(86_400_000)
  await sql(`UPDATE api_gateway.enrolments SET expires_at = now() WHERE user_id = '${json.user.id}'`)
  const late = await gateway.rest('POST', '/enrolments', { body: { code: json.enrolmentCode } })
  expect(late.status).toBe(401)
})

test('two people who enrol with one code at the same time get one token', async () => {
  const { json } = await asAdmin('POST', '/users', { name: 'twice' })
  const both = await Promise.all(
    [1, 2, 3, 4].map(() => gateway.rest('POST', '/enrolments', { body: { code: json.enrolmentCode } })),
  )
  expect(both.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401])
})

test('a disabled person is refused at once, and let in again when enabled', async () => {
  const { id, token } = await gateway.person('off')
  expect((await me(token)).status).toBe(200)
  await asAdmin('PATCH', `/users/${id}`, { enabled: false })
  expect((await me(token)).status).toBe(401)
  await asAdmin('PATCH', `/users/${id}`, { enabled: true })
  expect((await me(token)).status).toBe(200)
})

test('the last enabled administrator stays one, also when two are taken down at the same time', async () => {
  const { json } = await me(gateway.admin)
  const alone = await asAdmin('PATCH', `/users/${json.user.id}`, { enabled: false })
  expect([alone.status, alone.json.code, alone.json.problems[0].field]).toEqual([
    412,
    'Precondition',
    'enabled',
  ])
  const demoted = await asAdmin('PATCH', `/users/${json.user.id}`, { administrator: false })
  expect(demoted.json.problems[0].field).toBe('administrator')

  const second = (await asAdmin('POST', '/users', { name: 'second', administrator: true })).json.user
  const answers = await Promise.all(
    [json.user.id, second.id].map((id) => asAdmin('PATCH', `/users/${id}`, { administrator: false })),
  )
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
  const left = await sql('SELECT id FROM api_gateway.users WHERE administrator AND enabled')
  expect(left.length).toBeGreaterThanOrEqual(1)
  await sql(`UPDATE api_gateway.users SET administrator = true WHERE id = '${json.user.id}'`)
})

test('tokens are limited in time, to reading and to a project, and make no token that can do more', async () => {
  const made = await asAdmin('POST', '/tokens', { name: 'ci', expiresInHours: 2, project })
  expect(made.json.token).toMatchObject({ name: 'ci', scope: 'write', project })
  const ask = (body: object) => gateway.rest('POST', '/tokens', { token: made.json.secret, body })
  expect((await ask({ name: 'wider', expiresInHours: 1 })).json.code).toBe('Denied')
  expect((await ask({ name: 'longer', expiresInHours: 3, project })).json.problems[0].field).toBe(
    'expiresInHours',
  )
  expect((await ask({ name: 'same', expiresInHours: 1, project })).status).toBe(201)
  expect((await gateway.rest('GET', '/projects', { token: made.json.secret })).json.projects).toHaveLength(1)
  const nowhere = await asAdmin('POST', '/tokens', { name: 'x', expiresInHours: 1, project: 'nowhere' })
  expect(nowhere.json.code).toBe('NotFound')
  const forever = await asAdmin('POST', '/tokens', { name: 'x', expiresInHours: 100_000, scope: 'all' })
  expect(forever.json.problems.map(({ field }: { field: string }) => field).sort()).toEqual([
    'expiresInHours',
    'scope',
  ])
})

test('a person revokes only own tokens, an administrator everybody’s', async () => {
  const one = await gateway.person('one')
  const two = await gateway.person('two')
  const tokenOf = async (token: string) => (await me(token)).json.token.id
  const id = await tokenOf(one.token)
  expect((await gateway.rest('DELETE', `/tokens/${id}`, { token: two.token })).status).toBe(404)
  expect((await asAdmin('DELETE', `/tokens/${id}`)).status).toBe(204)
  expect((await me(one.token)).status).toBe(401)
  const own = await tokenOf(two.token)
  expect((await gateway.rest('DELETE', `/tokens/${own}`, { token: two.token })).status).toBe(204)
  expect((await me(two.token)).status).toBe(401)
})

test('tokens of a disabled person are listed as disabled to administrators, and nobody else lists them', async () => {
  const { id, token } = await gateway.person('leaver')
  const colleague = await gateway.person('colleague')
  const listed = async (query: string) => (await asAdmin('GET', `/tokens?user=${id}${query}`)).json.tokens
  const own = async () => (await gateway.rest('GET', '/tokens', { token })).json.tokens
  expect((await own()).map(({ state }: { state: string }) => state)).toEqual(['usable'])
  await asAdmin('PATCH', `/users/${id}`, { enabled: false })
  expect(await listed('')).toMatchObject([{ user: id, state: 'disabled' }])
  expect(await listed('&state=usable')).toEqual([])
  expect(await listed('&state=disabled')).toHaveLength(1)
  await asAdmin('PATCH', `/users/${id}`, { enabled: true })
  await sql(`UPDATE api_gateway.tokens SET expires_at = now() WHERE user_id = '${id}'`)
  expect(await listed('&state=expired')).toMatchObject([{ state: 'expired' }])
  expect(await listed('&state=usable')).toEqual([])

  const pry = await gateway.rest('GET', `/tokens?user=${id}`, { token: colleague.token })
  expect([pry.status, pry.json.code]).toEqual([403, 'Denied'])
  expect((await asAdmin('GET', '/tokens?user=nobody')).json.code).toBe('NotFound')
})

test('a person who lost all tokens gets in again by a fresh code, which ends earlier ones and is recorded', async () => {
  const made = (await asAdmin('POST', '/users', { name: 'forgetful' })).json
  const path = `/users/${made.user.id}/enrolment-codes`
  const fresh = await asAdmin('POST', path)
  expect([fresh.status, fresh.json.user.name]).toEqual([201, 'forgetful'])
  const enrol = (code: string) => gateway.rest('POST', '/enrolments', { body: { code } })
  expect((await enrol(made.enrolmentCode)).status).toBe(401)
  const entered = await enrol(fresh.json.enrolmentCode)
  expect([entered.status, (await me(entered.json.secret)).json.user.id]).toEqual([201, made.user.id])

  const again = await asAdmin('POST', path)
  const second = await enrol(again.json.enrolmentCode)
  expect([second.status, (await enrol(again.json.enrolmentCode)).status]).toEqual([201, 401])
  const [entry] = (await asAdmin('GET', `/audit?object=${made.user.id}`)).json.entries.filter(
    ({ method }: { method: string }) => method.endsWith('/CreateEnrolmentCode'),
  )
  expect(entry).toMatchObject({ userName: 'admin', noun: 'user', result: 'succeeded' })
  expect(JSON.stringify(entry)).not.toContain(again.json.enrolmentCode)

  await asAdmin('PATCH', `/users/${made.user.id}`, { enabled: false })
  const refused = await asAdmin('POST', path)
  expect([refused.status, refused.json.code]).toEqual([412, 'Precondition'])
  expect((await asAdmin('POST', '/users/nobody/enrolment-codes')).json.code).toBe('NotFound')
})

test('lists come page by page, each entry once', async () => {
  const names: string[] = []
  let pageToken = ''
  do {
    const { status, json } = await asAdmin('GET', `/users?pageSize=2&pageToken=${pageToken}`)
    expect(status, JSON.stringify(json)).toBe(200)
    names.push(...json.users.map(({ name }: { name: string }) => name))
    pageToken = json.nextPageToken
  } while (pageToken)
  const rows = await sql('SELECT name FROM api_gateway.users ORDER BY id')
  expect(names).toEqual(rows.map(({ name }) => name))
  expect((await asAdmin('GET', '/users?pageToken=!!')).json.problems[0].field).toBe('pageToken')
})

test('people are found by a part of their name in any case, and nothing in it is a pattern', async () => {
  for (const name of ['skipper_one', 'skipper.two']) await asAdmin('POST', '/users', { name })
  const found = async (search: string) =>
    (await asAdmin('GET', `/users?search=${encodeURIComponent(search)}`)).json.users.map(
      ({ name }: { name: string }) => name,
    )
  expect(await found('KIPPER')).toEqual(['skipper_one', 'skipper.two'])
  expect(await found('r_')).toEqual(['skipper_one'])
  expect(await found('%')).toEqual([])
})
