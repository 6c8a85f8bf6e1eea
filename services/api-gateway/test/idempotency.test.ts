import { join } from 'node:path'
import { migrate, openDatabase } from '@slipway/database'
import { type Platform, startPlatform } from '@slipway/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PrismaClient } from '../src/gen/prisma/client.ts'
import { createOnce } from '../src/pipeline/idempotency.ts'
import { type CallStore, openCallStore } from '../src/pipeline/store.ts'

const BUSY_MS = 2_400
const call = { principal: 'u1', method: '/a.B/C', request: Buffer.from('asked') }
const asItIs = {
  seal: async (_: unknown, answer: Uint8Array) => Buffer.from(answer).toString(),
  open: async (_: unknown, sealed: string) => Buffer.from(sealed),
}
const forEver = new AbortController().signal

let platform: Platform
let db: PrismaClient
let store: CallStore
beforeAll(async () => {
  platform = await startPlatform()
  const { databaseUrl: url } = platform.foundation('api-gateway')
  await migrate({ url, schema: 'api_gateway', folder: join(import.meta.dirname, '../prisma/migrations') })
  db = openDatabase(PrismaClient, { url, schema: 'api_gateway' })
  store = openCallStore(db)
})
afterAll(async () => {
  await db?.$disconnect()
  await platform?.stop()
})

test('a call that takes longer than a dead one is waited for, is executed once', async () => {
  const once = createOnce(store, asItIs, () => new Date(), BUSY_MS)
  let executions = 0
  const execute = async () => {
    executions += 1
    await new Promise((resolve) => setTimeout(resolve, 2 * BUSY_MS))
    return Buffer.from('done')
  }
  const asked = { ...call, key: 'long' }
  const answers = await Promise.all([once(asked, forEver, execute), once(asked, forEver, execute)])
  expect(answers.map(({ answer }) => Buffer.from(answer).toString())).toEqual(['done', 'done'])
  expect(executions).toBe(1)
})

test('a key whose holder lost the database is free soon after it is back, and the first cause is told', async () => {
  const lost = async () => {
    throw new Error('the database is lost')
  }
  const dying = createOnce({ ...store, answer: lost, release: lost }, asItIs, () => new Date(), BUSY_MS)
  const asked = { ...call, key: 'lost' }
  const failed = dying(asked, forEver, async () => {
    throw new Error('nobody answers')
  })
  await expect(failed).rejects.toThrow('nobody answers')
  const once = createOnce(store, asItIs, () => new Date(), BUSY_MS)
  const { again } = await once(asked, AbortSignal.timeout(5 * BUSY_MS), async () => Buffer.from('done'))
  expect(again).toBe(false)
})
