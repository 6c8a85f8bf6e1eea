import { join } from 'node:path'
import { migrate, openDatabase } from '@slipway/database'
import { type Platform, startPlatform } from '@slipway/testing'
import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listClusters } from '../src/cluster/read.ts'
import { summaryToWire } from '../src/cluster/wire.ts'
import { PrismaClient } from '../src/gen/prisma/client.ts'
import { pageOfOperations } from '../src/operation/read.ts'
import type { Database } from '../src/store.ts'

const CLUSTERS = 1_000
const NODES = 10
const project = 'p1'
let platform: Platform
let db: Database

beforeAll(async () => {
  platform = await startPlatform()
  const { databaseUrl: url } = platform.foundation('cluster-manager')
  const schema = 'cluster_manager'
  await migrate({ url, schema, folder: join(import.meta.dirname, '../prisma/migrations') })
  db = openDatabase(PrismaClient, { url, schema, max: 5 })
  await fill()
})
afterAll(async () => {
  await db?.$disconnect()
  await platform?.stop()
})

/** 1,000 clusters of ten nodes, each with the operation of seven steps that made it. */
async function fill(): Promise<void> {
  const createdAt = new Date()
  await db.release.create({ data: { digest: 'r', resolved: {} } })
  const ids = Array.from({ length: CLUSTERS }, (_, number) => ({ number, id: newId(), operation: newId() }))
  const nodesOf = (number: number) =>
    Array.from({ length: NODES }, (_, at) => ({
      host: newId(),
      role: 'worker',
      name: `n${number}-${at}`,
      labels: {},
      taints: [],
    }))
  await db.cluster.createMany({
    data: ids.map(({ id, number, operation }) => ({
      ...{
        id,
        project,
        name: `c${number}`,
        liveName: `c${number}`,
        operation,
        createdAt,
        version: 1,
        release: 'r',
      },
      ...{
        state: number % 10 === 0 ? 'failed' : 'running',
        stateReason: '',
        endpoint: '',
        encryptionKey: '',
      },
      spec: { kubernetesVersion: '1.36.3', nodes: nodesOf(number) },
    })),
  })
  await db.node.createMany({
    data: ids.flatMap(({ id: cluster, number }) =>
      nodesOf(number).map(({ name, host, role }) => ({
        ...{ id: newId(), cluster, project, name, host, role, state: 'ready', version: 2 },
      })),
    ),
  })
  await db.operation.createMany({
    data: ids.map(({ id: cluster, number, operation: id }) => ({
      ...{
        id,
        project,
        cluster,
        clusterName: `c${number}`,
        kind: 'create-cluster',
        state: 'succeeded',
        version: 9,
      },
      ...{ wishes: {}, plan: {}, createdBy: 'u', planDigest: 'd', createdAt },
    })),
  })
  await db.step.createMany({
    data: ids.flatMap(({ operation }) =>
      Array.from({ length: 7 }, (_, position) => ({
        ...{ operation, position, name: `s${position}`, title: 'a step', state: 'succeeded' },
        ...{ attempt: 1, tries: 1, run: '', startedAt: createdAt, endedAt: createdAt },
      })),
    ),
  })
  await db.$executeRaw`ANALYZE`
}

const first = { project, pageSize: 50, pageToken: '', state: '', search: '', view: '', cluster: '' }

test('pages walk every cluster once, in order', async () => {
  const seen: string[] = []
  let pageToken = ''
  do {
    const page = await listClusters(db, { ...first, pageSize: 300, pageToken })
    seen.push(...page.rows.map(({ id }) => id))
    pageToken = page.nextPageToken
  } while (pageToken)
  expect(new Set(seen).size).toBe(CLUSTERS)
  expect(seen).toEqual([...seen].sort())
})

test('a list names version and nodes of each cluster, and holds whole specs only where it is asked for in full', async () => {
  const { rows } = await listClusters(db, { ...first, search: 'C42' })
  expect(rows.map(({ name }) => name).sort()).toEqual([
    'c42',
    ...Array.from({ length: 10 }, (_, at) => `c42${at}`),
  ])
  expect(rows[0]).toMatchObject({ spec: null, kubernetesVersion: '1.36.3', nodeCount: NODES })
  expect(rows.map(summaryToWire)[0]).toMatchObject({ spec: undefined, nodeCount: NODES })
  const full = await listClusters(db, { ...first, search: 'c42', view: 'full' })
  const [cluster] = full.rows
  expect(cluster?.spec?.nodes).toHaveLength(NODES)
  expect({ ...cluster, spec: null }).toEqual(rows[0])
  // No part of a name is a pattern.
  expect((await listClusters(db, { ...first, search: 'c4_' })).rows).toEqual([])
})

test('what is asked often is planned once, and goes on after a migration added a column', async () => {
  const { databaseUrl: url } = platform.foundation('cluster-manager')
  const one = openDatabase(PrismaClient, { url, schema: 'cluster_manager', max: 1 })
  const ask = () => one.cluster.findFirst({ where: { project } })
  const asked = async () =>
    one.$queryRaw<{ statement: string; asked: number }[]>`
      SELECT statement, (generic_plans + custom_plans)::int AS asked FROM pg_prepared_statements WHERE statement LIKE ${'%"cluster"%'}`
  const found = await ask()
  expect(await asked()).toEqual([])
  for (let again = 0; again < 6; again++) await ask()
  const [before] = await asked()
  expect(before?.asked).toBeGreaterThan(1)
  await db.$executeRaw`ALTER TABLE cluster ADD COLUMN later text`
  expect(await ask()).toEqual(found)
  expect(await asked()).toMatchObject([{ asked: (before?.asked ?? 0) + 1 }])
  await db.$executeRaw`ALTER TABLE cluster DROP COLUMN later`
  await one.$disconnect()
})

test.each([
  ['clusters', () => listClusters(db, first)],
  ['clusters of a state', () => listClusters(db, { ...first, state: 'failed' })],
  ['clusters by part of a name', () => listClusters(db, { ...first, search: 'c99' })],
  ['operations with their steps', () => pageOfOperations(db, first)],
])('a page of %s costs less than 50 ms', async (name, list) => {
  const times: number[] = []
  for (let round = 0; round < 40; round++) {
    const startedAt = performance.now()
    const { rows } = await list()
    times.push(performance.now() - startedAt)
    expect(rows.length).toBeGreaterThan(0)
  }
  times.sort((a, b) => a - b)
  process.stdout.write(`${name}: p50 ${times[20]?.toFixed(1)} ms, p95 ${times[38]?.toFixed(1)} ms\n`)
  // The fastest: load only adds, and had the median of a right page at 48 ms. bench/ measures the 95th percentile.
  expect(times[0]).toBeLessThan(50)
})
