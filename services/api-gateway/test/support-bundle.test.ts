import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { Cluster } from '@slipway/contracts/cluster/v1/cluster'
import { Host } from '@slipway/contracts/host/v1/host'
import { Operation } from '@slipway/contracts/operation/v1/operation'
import { unavailable } from '@slipway/errors'
import { extract } from 'tar-stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
  await gateway.project('shop')
})
afterAll(() => gateway.stop())

test('a support bundle has versions, health, settings, counts, operations with their failures, and the audit', async () => {
  const { answers } = gateway.behind
  const hosts = ['ready', 'ready', 'unreachable'].map((state) => Host.fromPartial({ state }))
  // The second page begins where the first one ends.
  answers['slipway.host.v1.HostService/ListHosts'] = ({ pageToken }) =>
    pageToken === ''
      ? { hosts: hosts.slice(0, 2), nextPageToken: 'more' }
      : { hosts: hosts.slice(2), nextPageToken: '' }
  answers['slipway.cluster.v1.ClusterService/ListClusters'] = () => ({
    clusters: [Cluster.fromPartial({ state: 'running' })],
    nextPageToken: '',
  })
  const failure = { host: 'web-1', message: 'No space left on device' }
  answers['slipway.operation.v1.OperationService/ListOperations'] = () => ({
    operations: [Operation.fromPartial({ id: 'first', state: 'failed', failure })],
    nextPageToken: '',
  })
  const files = await bundle()
  expect(JSON.parse(files['versions.json'] ?? '')).toMatchObject({ node: process.version })
  expect(JSON.parse(files['health.json'] ?? '')).toMatchObject({ database: { reachable: true } })
  expect(JSON.parse(files['settings.json'] ?? '')['api-gateway']).toMatchObject({
    SLIPWAY_RATE_SOURCE: '10000',
  })
  expect(JSON.parse(files['projects/shop/counts.json'] ?? '')).toMatchObject({
    hosts: { ready: 2, unreachable: 1 },
    clusters: { running: 1 },
  })
  expect(JSON.parse(files['projects/shop/operations.jsonl'] ?? '')).toMatchObject({ id: 'first', failure })
  expect(files['audit.jsonl']).toContain('slipway.project.v1.ProjectService/CreateProject')
})

test('what can’t be read is named with the reason, and the rest is there', async () => {
  gateway.behind.answers['slipway.operation.v1.OperationService/ListOperations'] = () => {
    throw unavailable('database', 'The database does not answer.', 'Look at PostgreSQL.')
  }
  const files = await bundle()
  expect(files['projects/shop/operations.jsonl']).toBeUndefined()
  expect(files['missing.txt']).toContain('projects/shop/operations.jsonl: The database does not answer.')
  expect(files['audit.jsonl']).toBeDefined()
})

/** The files of a bundle by their names. */
async function bundle(): Promise<Record<string, string>> {
  const { bytes, headers } = await gateway.rest('GET', '/support-bundle', { token: gateway.admin })
  expect(headers['content-disposition']).toBe('attachment; filename="slipway-support-bundle.tar.gz"')
  const archive = Readable.from([bytes]).pipe(createGunzip()).pipe(extract())
  const files: Record<string, string> = {}
  for await (const entry of archive) {
    files[entry.header.name.replace('slipway-support/', '')] = await text(entry)
  }
  return files
}
