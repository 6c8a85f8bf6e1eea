import { beforeAll, describe, expect, inject, test } from 'vitest'
import { newMember, personAt } from './person.ts'
import { at, type Desk, openDesk, refusal } from './refusal.ts'

// Elsewhere: expiry of tokens and codes in services/api-gateway/test/identity.test.ts, a full disk and a wrong digest in
// services/repo-proxy/test, a cut watch in creates-a-cluster.test.ts.

const world = inject('world')
let desk: Desk

beforeAll(async () => {
  desk = await openDesk(world, [])
})

describe('a request that can not be read is refused with its field and the way out', () => {
  test('malformed JSON, by its place', async () => {
    const { status, problems } = await desk.post('{"name": "x",, }')
    expect(status).toBe(400)
    expect(at(problems, 'body')).toMatch(/malformed JSON at line 1, column 14/)
  })

  test('a body of 10 MB', async () => {
    const { status, problems } = await desk.post(JSON.stringify({ name: 'x'.repeat(10_000_000) }))
    expect(status).toBe(413)
    expect(at(problems, 'body')).toMatch(/larger than/)
  })

  test('an unknown field, a name of 300 characters and one with control characters, all together', async () => {
    const body = {
      name: 'n'.repeat(300),
      spec: desk.spec({ surprise: 1, network: { dnsDomain: 'cluster\u0000local' } }),
    }
    const { status, problems } = await desk.post(JSON.stringify(body))
    expect(status).toBe(400)
    expect(at(problems, 'name')).not.toBe('')
    expect(at(problems, 'spec.surprise')).not.toBe('')
    expect(at(problems, 'spec.network.dnsDomain')).not.toBe('')
  })

  test('a token that was revoked, and one whose person was disabled', async () => {
    const { token, secret } = await desk.operator.call('Identity.CreateToken', {
      name: 'gone',
      expiresInHours: 1,
    })
    const guest = personAt({ ...world.to, token: secret })
    await guest.call('Host.ListHosts', { project: desk.project })
    await desk.operator.call('Identity.RevokeToken', { id: token.id })
    expect((await refusal(guest.call('Host.ListHosts', { project: desk.project }))).code).toBe(
      'Unauthenticated',
    )

    const leaver = await newMember(desk.administrator, desk.project, 'operator')
    const { user } = await leaver.call('Identity.WhoAmI')
    await desk.administrator.call('Identity.UpdateUser', { id: user.id, enabled: false })
    expect((await refusal(leaver.call('Host.ListHosts', { project: desk.project }))).code).toBe(
      'Unauthenticated',
    )
  })
})
