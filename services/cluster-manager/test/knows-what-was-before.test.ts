import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { migrate, openDatabase } from '@slipway/database'
import { type Platform, startPlatform } from '@slipway/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listSpecVersions, readSpecVersion } from '../src/cluster/read.ts'
import { PrismaClient } from '../src/gen/prisma/client.ts'
import { listHappenings } from '../src/happening/list.ts'

const schema = 'cluster_manager'
const folder = join(import.meta.dirname, '../prisma/migrations')
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(async () => {
  await platform?.stop()
})

test('of a cluster that is older than its history, those specs and happenings are known that rows held', async () => {
  const { databaseUrl: url } = platform.foundation('cluster-manager')
  await migrate({ url, schema, folder })
  const db = openDatabase(PrismaClient, { url, schema, max: 2 })
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 1) + hour * 3_600_000)
  const spec = (kubernetesVersion: string) => ({ kubernetesVersion, nodes: [] })
  await db.release.create({ data: { digest: 'r', resolved: {} } })
  await db.cluster.create({
    data: {
      ...{
        id: 'c1',
        project: 'p1',
        name: 'c',
        liveName: 'c',
        state: 'running',
        stateReason: '',
        endpoint: '',
      },
      ...{ spec: spec('d'), operation: 'o4', version: 9, createdAt: at(0), encryptionKey: '', release: 'r' },
    },
  })
  // The first is older than records are, the second changed nothing, and the last is at work still.
  const operations = [undefined, ['b', 'b'], ['b', 'c'], ['c', undefined]] as const
  for (const [index, specs] of operations.entries()) {
    const id = `o${index + 1}`
    await db.operation.create({
      data: {
        ...{ id, project: 'p1', cluster: 'c1', clusterName: 'c', kind: 'add-nodes' },
        ...{ wishes: {}, plan: {}, planDigest: '', createdBy: 'ada', reason: `r${id}`, version: 1 },
        ...{ turn: index + 1, createdAt: at(index), startedAt: at(index + 1) },
        ...(id === 'o4'
          ? { state: 'failed', endedAt: at(4.6), failure: { host: 'w1', message: 'it broke' } }
          : { state: 'succeeded', endedAt: at(index + 1.5) }),
      },
    })
    const [before, after] = specs ?? []
    if (!before) continue
    const kept = { specBefore: spec(before), ...(after ? { specAfter: spec(after) } : {}) }
    await db.evidence.create({ data: { operation: id, slipway: '1', basis: {}, ...kept } })
  }
  for (const name of ['0007_spec_versions', '0008_happenings']) {
    const migration = await readFile(join(folder, name, 'migration.sql'), 'utf8')
    await db.$executeRawUnsafe(migration.slice(migration.indexOf('INSERT INTO')))
  }
  const asked = { project: 'p1', id: 'c1', pageSize: 0, pageToken: '' }
  const { rows } = await listSpecVersions(db, asked)
  const specs = await Promise.all(rows.map((row) => readSpecVersion(db, { ...asked, ...row })))
  const known = { createdBy: 'ada', kind: 'add-nodes' }
  expect(specs).toMatchObject([
    { number: 3, spec: spec('d'), operation: 'o4', createdAt: at(4), reason: 'ro4', ...known },
    { number: 2, spec: spec('c'), operation: 'o3', createdAt: at(3), reason: 'ro3', ...known },
    { number: 1, spec: spec('b'), operation: '', createdAt: null, createdBy: '', kind: '', reason: '' },
  ])

  const happened = await listHappenings(db, { ...asked, noun: '' })
  expect(happened.rows.map(({ operation, fact, at }) => [operation, fact, at.getUTCHours()])).toEqual([
    ['o4', 'failed', 4],
    ['o3', 'succeeded', 3],
    ['o4', 'planned', 3],
    ['o2', 'succeeded', 2],
    ['o3', 'planned', 2],
    ['o1', 'succeeded', 1],
    ['o2', 'planned', 1],
    ['o1', 'planned', 0],
  ])
  expect(happened.rows[0]).toMatchObject({ noun: 'operation', detail: 'w1: it broke', ...known })
  await db.$disconnect()
})
