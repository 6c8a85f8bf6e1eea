import { join } from 'node:path'
import {
  type ClusterServiceServer,
  ClusterServiceService,
} from '@slipway/contracts/cluster/v1/cluster_service'
import { type Platform, startPlatform } from '@slipway/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openClusterManager } from './service.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

test('starts, answers, refuses strangers, and stops', async () => {
  const service = await openClusterManager({
    foundation: platform.foundation('cluster-manager'),
    // Nobody answers there: cluster-manager starts all the same.
    ansibleRunner: '127.0.0.1:1',
    repoProxy: '127.0.0.1:1',
    releases: join(import.meta.dirname, '../../../infra/releases'),
    manifests: join(import.meta.dirname, '../../../infra/kubernetes'),
    profiles: undefined,
    ownAddresses: [],
    leaseMs: 3_000,
  })
  const address = service.addresses.rpc ?? ''
  const to = { service: 'cluster-manager', address } as const
  const gateway = await platform.client<ClusterServiceServer>(ClusterServiceService, {
    ...to,
    as: 'api-gateway',
  })
  const stranger = await platform.client<ClusterServiceServer>(ClusterServiceService, {
    ...to,
    as: 'repo-proxy',
  })
  const all = { project: 'p1', pageSize: 0, pageToken: '', state: '', search: '', view: '' }
  expect(await gateway.listClusters(all)).toEqual({ clusters: [], nextPageToken: '' })
  await expect(stranger.listClusters(all)).rejects.toThrow('may not call')
  await expect(gateway.getCluster({ project: 'p1', id: 'nothing' })).rejects.toThrow('There is no cluster')
  await service.stop()
})
