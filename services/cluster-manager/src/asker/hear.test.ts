import { join } from 'node:path'
import { type Bus, ensureStreams, eventRow, openBus } from '@slipway/bus'
import { ProjectEvent, UserEvent } from '@slipway/contracts/event/v1/event'
import { migrate, openDatabase } from '@slipway/database'
import { toSlipwayError } from '@slipway/errors'
import { closing } from '@slipway/service'
import { createLog } from '@slipway/telemetry'
import { startPlatform } from '@slipway/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PrismaClient } from '../gen/prisma/client.ts'
import type { Database } from '../store.ts'
import { hearOfAskers } from './hear.ts'
import { refuseLostRight } from './refuse.ts'
import { readHeard } from './store.ts'

const log = createLog('cluster-manager', 'error')
const opened = closing(log)
let db: Database
let bus: Bus
let gateway: Bus
beforeAll(async () => {
  const platform = await startPlatform()
  opened.add('platform', platform.stop)
  const { databaseUrl: url, nats } = platform.foundation('cluster-manager')
  const schema = 'cluster_manager'
  await migrate({ url, schema, folder: join(import.meta.dirname, '../../prisma/migrations') })
  db = openDatabase(PrismaClient, { url, schema, max: 4 })
  opened.add('database', () => db.$disconnect())
  bus = await openBus({ ...nats, name: 'cluster-manager' })
  opened.add('bus', bus.close)
  await ensureStreams(bus)
  gateway = await openBus({ ...platform.foundation('api-gateway').nats, name: 'api-gateway' })
  opened.add('gateway', gateway.close)
})
afterAll(() => opened.close())

async function say(
  noun: 'user' | 'project',
  id: string,
  said: { fact: string; sequence: number; data: unknown },
) {
  const event = { project: noun === 'user' ? '' : id, noun, id, ...said }
  const { subject, body } = eventRow('api-gateway', event, new Date())
  await gateway.jetstream.publish(subject, body)
}
const sayPerson = (id: string, sequence: number, change: object) => {
  const user = { id, name: 'ada', administrator: false, enabled: true, createdAt: new Date(), ...change }
  return say('user', id, { fact: 'updated', sequence, data: UserEvent.toJSON({ user }) })
}
const sayMember = (project: string, sequence: number, fact: string, role: string) => {
  const member = { user: 'u1', userName: 'ada', role }
  return say('project', project, {
    fact,
    sequence,
    data: ProjectEvent.toJSON({ project: undefined, member }),
  })
}
const ask = (project: string, id = 'u1') =>
  refuseLostRight({ db, bus }, { project, asker: { id, as: 'operator' }, needed: 'operator' }).then(
    () => 'may',
    toSlipwayError,
  )

test('the last that was said of each counts, in whatever order and however often it comes', async () => {
  await sayPerson('u1', 3, { enabled: false })
  await sayPerson('u1', 2, {})
  await sayPerson('u1', 3, { enabled: false })
  await sayMember('p1', 7, 'member-removed', 'operator')
  await sayMember('p1', 6, 'member-set', 'operator')
  await sayMember('p2', 6, 'member-set', 'operator')
  await say('project', 'p2', {
    fact: 'updated',
    sequence: 8,
    data: ProjectEvent.toJSON({ project: undefined, member: undefined }),
  })
  await sayMember('p2', 7, 'member-set', 'viewer')
  expect(await ask('p1')).toMatchObject({ code: 'Unavailable' })
  const { close } = await hearOfAskers({ db, bus, log })
  const rolesOf = async () => [
    (await readHeard(db, 'p1', 'u1')).person?.enabled,
    (await readHeard(db, 'p1', 'u1')).member?.role,
    (await readHeard(db, 'p2', 'u1')).member?.role,
  ]
  await expect.poll(() => ask('p1')).toMatchObject({ code: 'Denied' })
  expect(await rolesOf()).toEqual([false, '', 'viewer'])
  expect(await readHeard(db, 'p3', 'u1')).toMatchObject({ member: undefined })
  await close()
})

test('nobody is judged before everything that was said is heard, and then by it', async () => {
  const { close } = await hearOfAskers({ db, bus, log })
  await expect.poll(() => ask('p4', 'u2')).toBe('may')
  await db.$transaction(async (tx) => {
    // What is heard can't be kept meanwhile.
    await tx.$executeRaw`LOCK TABLE heard_person IN EXCLUSIVE MODE`
    await sayPerson('u2', 2, { enabled: false })
    expect(await ask('p4', 'u2')).toMatchObject({ code: 'Unavailable', retryable: true })
  })
  await expect
    .poll(() => ask('p4', 'u2'))
    .toMatchObject({
      code: 'Denied',
      message: 'ada is disabled. Nothing was changed.',
    })
  await close()
})
