import { methods } from '@slipway/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from './gateway.ts'
import { grpcClient } from './grpc-client.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.stop())

const GOOD = 'seven blue anchors'
const OURS = { 'sec-fetch-site': 'same-origin' }
const asAdmin = (verb: string, path: string, body?: object) =>
  gateway.rest(verb, path, { token: gateway.admin, ...(body ? { body } : {}) })
const signIn = (name: string, password = GOOD, headers: Record<string, string> = {}) =>
  gateway.rest('POST', '/sessions', { body: { name, password }, headers })

/** A person who has a password, and no token. */
async function somebody(name: string, password = GOOD): Promise<string> {
  const { json } = await asAdmin('POST', '/users', { name })
  const enrolled = await gateway.rest('POST', '/enrolments', { body: { code: json.enrolmentCode, password } })
  expect([enrolled.status, enrolled.json.secret, enrolled.json.token]).toEqual([201, '', undefined])
  return json.user.id
}

/** Calls as a browser that signed in. */
async function browser(name: string, password = GOOD) {
  const signedIn = await signIn(name, password, { 'user-agent': `the browser of ${name}` })
  const cookie = cookieOf(signedIn)
  return {
    id: signedIn.json.session.id as string,
    cookie,
    call: (verb: string, path: string, body?: object, headers: Record<string, string> = OURS) =>
      gateway.rest(verb, path, { headers: { cookie, ...headers }, ...(body ? { body } : {}) }),
  }
}

function cookieOf({ headers }: { headers: Record<string, unknown> }): string {
  return String(headers['set-cookie']).split(';')[0] ?? ''
}

test('who redeems a code with a password gets no token, signs in, and calls by a cookie that no script reads', async () => {
  const id = await somebody('ada')
  expect(await gateway.sql(`SELECT id FROM api_gateway.tokens WHERE user_id = '${id}'`)).toEqual([])
  const signedIn = await signIn('ada')
  expect([signedIn.status, signedIn.json.secret]).toEqual([201, ''])
  const cookie = String(signedIn.headers['set-cookie'])
  expect(cookie).toMatch(
    /^__Host-slipway=sls_[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Expires=/,
  )
  const me = await gateway.rest('GET', '/me', { headers: { cookie: cookieOf(signedIn), ...OURS } })
  expect(me.json).toMatchObject({
    user: { id, name: 'ada' },
    session: { id: signedIn.json.session.id, current: true },
    hasPassword: true,
  })
})

test('neither password nor secret is kept or recorded, and the password is kept as argon2id', async () => {
  await somebody('bea', 'an unusual sentence about boats')
  const { cookie } = await browser('bea', 'an unusual sentence about boats')
  await signIn('bea', 'another sentence about boats')
  const tables = ['passwords', 'sessions', 'sign_in_tries', 'audit_entries', 'idempotent_calls', 'outbox']
  const rows = await Promise.all(tables.map((table) => gateway.sql(`SELECT * FROM api_gateway.${table}`)))
  const kept = JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  expect(kept).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
  expect(kept).not.toContain('about boats')
  expect(kept).not.toContain(cookie.split('=')[1])
})

test('a password is long and not what is tried first; all that is wrong about it comes beside its field', async () => {
  const { json } = await asAdmin('POST', '/users', { name: 'hieronymus' })
  const enrol = (password: string) =>
    gateway.rest('POST', '/enrolments', { body: { code: json.enrolmentCode, password } })
  const refused = [
    'short one',
    'hieronymus123!',
    'Password123456',
    'aaaaaaaaaaaaaaaa',
    '123456789012345',
    'slipway-2026!',
  ]
  for (const password of refused) {
    const answer = await enrol(password)
    expect([password, answer.status, answer.json.problems[0].field]).toEqual([password, 400, 'password'])
  }
  // The code was not used up by refusals; letters of any script count.
  expect((await enrol('在船坞里造一艘大大的船吧朋友')).status).toBe(201)
})

test('unknown names are answered as wrong passwords are, with the same locks', async () => {
  await somebody('cyd')
  const answers = async (name: string) => {
    const all = []
    for (let tries = 0; tries < 6; tries++) {
      const { status, json, headers } = await signIn(name, 'wrong wrong wrong')
      all.push([status, json.detail, json.problems[0].field, headers['retry-after']])
    }
    return all
  }
  const known = await answers('cyd')
  expect(await answers('nobody-at-all')).toEqual(known)
  expect(known.map(([status]) => status)).toEqual([401, 401, 401, 401, 401, 429])
  expect(Number(known.at(-1)?.at(-1))).toBeGreaterThan(5)
  const locked = await signIn('cyd', GOOD)
  expect([locked.status, locked.json.problems[0].hint]).toEqual([
    429,
    expect.stringMatching(/^Try again in \d+ seconds\.$/),
  ])
})

test('the lock grows with every failure up to a quarter of an hour, and a right password ends it', async () => {
  await somebody('dan')
  const unlock = () => gateway.sql(`UPDATE api_gateway.sign_in_tries SET locked_until = now()`)
  for (let failed = 0; failed < 5; failed++) await signIn('dan', 'wrong wrong wrong')
  await unlock()
  await signIn('dan', 'wrong wrong wrong')
  expect(Number((await signIn('dan')).headers['retry-after'])).toBeGreaterThan(10)
  await gateway.sql(`UPDATE api_gateway.sign_in_tries SET failed = 99, locked_until = now()`)
  await signIn('dan', 'wrong wrong wrong')
  const longest = Number((await signIn('dan')).headers['retry-after'])
  expect(longest).toBeGreaterThan(800)
  expect(longest).toBeLessThanOrEqual(900)
  await unlock()
  expect((await signIn('dan')).status).toBe(201)
  expect((await signIn('dan', 'wrong wrong wrong')).status).toBe(401)
  expect((await signIn('dan')).status).toBe(201)
})

test('of many guesses at the same time no more are looked at than one after the other', async () => {
  await somebody('eve')
  const all = await Promise.all(Array.from({ length: 20 }, () => signIn('eve', 'wrong wrong wrong')))
  expect(all.filter(({ status }) => status === 401)).toHaveLength(5)
  expect(all.filter(({ status }) => status === 429)).toHaveLength(15)
})

test('a cookie counts only for calls of our own pages', async () => {
  await somebody('fay')
  const { call } = await browser('fay')
  const make = (headers: Record<string, string>) =>
    call('POST', '/tokens', { name: 'x', expiresInHours: 1 }, headers)
  const foreign = [
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ]
  for (const headers of foreign as Record<string, string>[]) {
    const { status, json } = await make(headers)
    expect([headers, status, json.code]).toEqual([headers, 403, 'Denied'])
  }
  expect((await make({ 'sec-fetch-site': 'same-origin' })).status).toBe(201)
  const host = new URL(gateway.gateway.addresses.rest ?? '').host
  expect((await make({ origin: `https://${host}` })).status).toBe(201)
  expect((await call('GET', '/me', undefined, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await call('GET', '/me', undefined, { 'sec-fetch-site': 'none' })).status).toBe(200)
  // Another site signs nobody in, lest people work in its account.
  expect((await signIn('fay', GOOD, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
})

test('a token goes before a cookie, and a program needs neither origin nor site', async () => {
  await somebody('gus')
  const { cookie } = await browser('gus')
  const { json } = await gateway.rest('GET', '/me', { token: gateway.admin, headers: { cookie } })
  expect(json.user.name).toBe('admin')
})

test('sessions are listed, ended one by one and all together; the browser is told to forget its cookie', async () => {
  await somebody('hal')
  const [one, two, three] = [await browser('hal'), await browser('hal'), await browser('hal')]
  const { json } = await one.call('GET', '/sessions')
  expect(
    json.sessions.map(({ id, current, agent }: Record<string, unknown>) => [id, current, agent]),
  ).toEqual([one, two, three].map(({ id }) => [id, id === one.id, 'the browser of hal']))
  expect((await one.call('DELETE', `/sessions/${two.id}`)).status).toBe(204)
  const ended = await two.call('GET', '/me')
  expect([ended.status, ended.headers['set-cookie']?.toString()]).toEqual([
    401,
    expect.stringContaining('Max-Age=0'),
  ])
  const other = await somebody('ida').then(() => browser('ida'))
  expect((await other.call('DELETE', `/sessions/${one.id}`)).status).toBe(404)
  expect((await one.call('DELETE', '/sessions')).status).toBe(204)
  expect([(await one.call('GET', '/me')).status, (await three.call('GET', '/me')).status]).toEqual([401, 401])
  expect((await other.call('GET', '/me')).status).toBe(200)
})

test('a session ends when it is not used for two hours, and after a day in any case', async () => {
  await somebody('jon')
  const { id, call } = await browser('jon')
  const set = (column: string, ago: string) =>
    gateway.sql(`UPDATE api_gateway.sessions SET ${column} = now() - interval '${ago}' WHERE id = '${id}'`)
  await set('last_used_at', '119 minutes')
  expect((await call('GET', '/me')).status).toBe(200)
  await set('last_used_at', '121 minutes')
  expect((await call('GET', '/me')).status).toBe(401)
  await set('last_used_at', '0')
  await set('expires_at', '1 second')
  expect((await call('GET', '/me')).status).toBe(401)
})

test('a new password takes the present one, and ends all other sessions', async () => {
  await somebody('kim')
  const [one, two] = [await browser('kim'), await browser('kim')]
  const change = (present: string) =>
    one.call('PUT', '/me/password', { password: 'eight green anchors', present })
  const refused = await change('not the present one')
  expect([refused.status, refused.json.problems[0].field]).toEqual([400, 'present'])
  expect((await change(GOOD)).status).toBe(204)
  expect([(await one.call('GET', '/me')).status, (await two.call('GET', '/me')).status]).toEqual([200, 401])
  expect((await signIn('kim')).status).toBe(401)
  expect((await signIn('kim', 'eight green anchors')).status).toBe(201)
})

test('who forgot the password gets in by a fresh code, which ends lock and sessions; a disabled person does not', async () => {
  const id = await somebody('lea')
  const left = await browser('lea')
  for (let failed = 0; failed < 6; failed++) await signIn('lea', 'wrong wrong wrong')
  const { json } = await asAdmin('POST', `/users/${id}/enrolment-codes`)
  const enrolled = await gateway.rest('POST', '/enrolments', {
    body: { code: json.enrolmentCode, password: 'nine yellow anchors' },
  })
  expect(enrolled.status).toBe(201)
  expect((await left.call('GET', '/me')).status).toBe(401)
  const { call } = await browser('lea', 'nine yellow anchors')
  await asAdmin('PATCH', `/users/${id}`, { enabled: false })
  expect((await call('GET', '/me')).status).toBe(401)
  expect((await signIn('lea', 'nine yellow anchors')).status).toBe(401)
})

test('only a person who is alone chooses the name', async () => {
  const { json } = await asAdmin('POST', '/users', { name: 'mia' })
  const { status, json: refused } = await gateway.rest('POST', '/enrolments', {
    body: { code: json.enrolmentCode, password: GOOD, name: 'queen' },
  })
  expect([status, refused.problems[0].field]).toEqual([400, 'name'])
})

test('signing in, failing to and signing out are in the audit, about the person, with nothing secret', async () => {
  const id = await somebody('ned')
  await signIn('ned', 'wrong wrong wrong')
  const { call } = await browser('ned')
  await call('DELETE', '/sessions')
  const { json } = await asAdmin('GET', `/audit?object=${id}`)
  const rows = json.entries.map(({ method, result }: Record<string, string>) => [
    method?.split('/')[1],
    result,
  ])
  expect(rows).toEqual(
    expect.arrayContaining([
      ['CreateSession', 'refused'],
      ['CreateSession', 'succeeded'],
      ['SignOutEverywhere', 'succeeded'],
      ['Enrol', 'succeeded'],
    ]),
  )
})

test('gRPC signs in too, and takes the secret in the place of a token', async () => {
  await somebody('oto')
  const grpc = grpcClient(gateway.grpc, gateway.ca)
  const method = (name: string) => methods[`slipway.identity.v1.IdentityService/${name}`] as never
  const made = await grpc.call(method('CreateSession'), { name: 'oto', password: GOOD }, {})
  const { secret } = made.messages[0]
  const me = await grpc.call(method('WhoAmI'), {}, { token: secret })
  expect(me.messages[0].user.name).toBe('oto')
  grpc.close()
})

test('who asks is told what each role may do, by the names of the API document', async () => {
  const project = await gateway.project('rights')
  const { token } = await gateway.person('pia', { [project]: 'viewer' })
  const { json } = await gateway.rest('GET', '/me', { token })
  expect(json.may).toContain('IdentityService_CreateToken')
  expect(json.may).not.toContain('IdentityService_CreateUser')
  const viewer = json.roles.find(({ role }: { role: string }) => role === 'viewer').may
  expect(viewer).toContain('ClusterService_ListClusters')
  expect(viewer).not.toContain('ClusterService_CreateCluster')
  const [own] = (await gateway.rest('GET', '/projects', { token })).json.projects
  expect(own).toMatchObject({ name: 'rights', role: 'viewer' })
  expect((await asAdmin('GET', `/projects/${project}`)).json.role).toBe('administrator')
})
