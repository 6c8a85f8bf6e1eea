import { LookAtSelfResponse } from '@slipway/contracts/install/v1/install_service'
import { unavailable } from '@slipway/errors'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from './gateway.ts'

const SELF = 'slipway.install.v1.SelfService/LookAtSelf'
let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(() => {
  delete gateway.behind.answers[SELF]
})
afterAll(() => gateway.stop())

const health = async () => (await gateway.rest('GET', '/health', { token: gateway.admin })).json
type Named = { name: string }
const named = (all: Named[], name: string) => all.find((one) => one.name === name)

test('an install tells its services, PostgreSQL, NATS, disks and certificates, with when it was looked at', async () => {
  const found = await health()
  expect(found.services.map(({ name }: Named) => name)).toEqual([
    'api-gateway',
    'cluster-manager',
    'ansible-runner',
    'repo-proxy',
  ])
  expect(named(found.services, 'api-gateway')).toMatchObject({ state: 'ready', version: found.version })
  expect(found.database).toMatchObject({ reachable: true, version: expect.stringMatching(/^\d+\./) })
  expect(found.database.sizeMib).toBeGreaterThan(0)
  expect(found.nats).toMatchObject({ reachable: true, version: expect.stringMatching(/^\d+\./), streams: 3 })
  expect(named(found.certificates, 'CA')).toMatchObject({ endsAt: expect.any(String) })
  expect(Date.now() - Date.parse(found.at)).toBeLessThan(60_000)
})

test('each service answers for itself, and what it lacks is told with what to do', async () => {
  gateway.behind.answers[SELF] = () =>
    LookAtSelfResponse.fromPartial({
      startedAt: new Date(0),
      problems: [{ field: 'nats', message: 'NATS does not answer.', hint: 'Look at NATS if this lasts.' }],
    })
  const found = await health()
  expect(named(found.services, 'cluster-manager')).toMatchObject({
    state: 'troubled',
    startedAt: '1970-01-01T00:00:00Z',
  })
  expect(found.troubles).toEqual([
    { about: 'NATS', severity: 'bad', message: 'NATS does not answer.', hint: 'Look at NATS if this lasts.' },
  ])
})

test('a service that does not answer is out of reach, and the others are told all the same', async () => {
  let asked = 0
  gateway.behind.answers[SELF] = () => {
    asked += 1
    if (asked === 1) throw unavailable('nowhere', 'It went away.', 'Look at it.')
  }
  const { services, troubles } = await health()
  const states = services.map(({ state }: { state: string }) => state)
  expect(states.sort()).toEqual(['ready', 'ready', 'ready', 'unreachable'])
  expect(troubles[0]).toMatchObject({ severity: 'bad', message: expect.stringContaining('It went away.') })
})
