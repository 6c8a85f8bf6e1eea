import { methods } from '@slipway/contracts'
import { expect, test } from 'vitest'
import { checkSeconds } from './duration.ts'

test('a check has as much time as its hosts take, and what doors wait for the largest is enough', () => {
  expect([1, 50, 51, 300].map(checkSeconds)).toEqual([50, 50, 62, 110])
  const doors = ['host.v1.HostService/CheckHosts', 'cluster.v1.ClusterService/CreateCluster']
  for (const door of [...doors, 'cluster.v1.ClusterService/AddNodes']) {
    expect(methods[`slipway.${door}`]?.seconds, door).toBeGreaterThan(checkSeconds(1_000) + 5)
  }
})
