import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { asRoot } from './on-host.ts'
import { newMember } from './person.ts'
import { at, type Desk, openDesk, refusal } from './refusal.ts'

const world = inject('world')
let desk: Desk

beforeAll(async () => {
  desk = await openDesk(world, ['b-1', 'b-2'])
})

afterAll(() => desk.close())

describe('a spec that can not work is refused with its field and the way out', () => {
  test.each([
    [
      'ranges that overlap',
      { network: { podCidr: '10.96.0.0/12' } },
      'spec.network.serviceCidr',
      /overlaps the pod range/,
    ],
    [
      'too few service addresses',
      { network: { serviceCidr: '10.97.0.0/29' } },
      'spec.network.serviceCidr',
      /too small/,
    ],
    [
      'a range that is none',
      { network: { podCidr: '10.244.0.300/16' } },
      'spec.network.podCidr',
      /no IPv4 range/,
    ],
    ['an unknown version', { kubernetesVersion: '1.99.9' }, 'spec.kubernetesVersion', /not in the catalogue/],
    [
      'a version that was not fetched',
      { kubernetesVersion: '1.35.5' },
      'spec.kubernetesVersion',
      /every artifact/,
    ],
    [
      'more memory reserved than there is',
      { kubelet: { systemReserved: { memoryMib: 1_000_000 } } },
      'spec.nodes[0].host',
      /MiB of memory, 1000000 of it reserved/,
    ],
    ['a port that the nodes use', { apiServer: { port: 10250 } }, 'spec.apiServer.port', /used by the nodes/],
  ])('%s', async (_, change, field, message) => {
    const { problems } = await desk.refused({ spec: desk.spec(change) })
    expect(at(problems, field)).toMatch(message)
  })

  test('the range that a host is in', async () => {
    const network = world.lab.gateway.replace(/\.\d+$/, '.0/24')
    const { problems } = await desk.refused({ spec: desk.spec({ network: { podCidr: network } }) })
    expect(at(problems, 'spec.network.podCidr')).toMatch(/holds the address .* of host b-1/)
  })

  test('a range that a host routes elsewhere', async () => {
    await asRoot(world, 'b-1', `ip route add 10.201.0.0/16 via ${world.lab.gateway}`)
    await desk.refreshed(desk.one)
    const { problems } = await desk.refused({
      spec: desk.spec({ network: { serviceCidr: '10.201.0.0/16' } }),
    })
    expect(at(problems, 'spec.network.serviceCidr')).toMatch(
      /overlaps the route to 10\.201\.0\.0\/16 on host b-1/,
    )
    await asRoot(world, 'b-1', 'ip route del 10.201.0.0/16')
    await desk.refreshed(desk.one)
  })

  test('a version that was switched off', async () => {
    await desk.administrator.call('Version.UpdateVersion', { name: world.version, enabled: false })
    try {
      const { problems } = await desk.refused({ spec: desk.spec() })
      expect(at(problems, 'spec.kubernetesVersion')).toMatch(/switched off/)
    } finally {
      await desk.administrator.call('Version.UpdateVersion', { name: world.version, enabled: true })
    }
  })

  test('five mistakes in five fields, answered by five problems at once', async () => {
    const { problems } = await desk.refused({
      spec: desk.spec({
        kubernetesVersion: '1.99.9',
        network: { podCidr: '10.244.0.1/16', serviceCidr: '10.97.0.0/30', nodePortRange: '40000-30000' },
        etcd: { dataDir: '/etc' },
      }),
    })
    expect(problems.map(({ field }) => field).sort()).toEqual([
      'spec.etcd.dataDir',
      'spec.kubernetesVersion',
      'spec.network.nodePortRange',
      'spec.network.podCidr',
      'spec.network.serviceCidr',
    ])
  })

  test("another project's host, which is not there for this one", async () => {
    const other = await desk.administrator.call('Project.CreateProject', {
      name: `other-${randomUUID().slice(0, 8)}`,
    })
    const stranger = await newMember(desk.administrator, other.id, 'operator')
    const { code, problems } = await refusal(
      stranger.call('Cluster.CreateCluster', { project: other.id, name: 'stolen', spec: desk.spec() }),
    )
    expect(code).toBe('NotFound')
    expect(at(problems, 'spec.nodes[0].host')).toMatch(/this project has no host/)
    await expect(stranger.call('Host.GetHost', { project: other.id, id: desk.one })).rejects.toMatchObject({
      code: 'NotFound',
    })
    await expect(
      stranger.call('Host.GetHost', { project: desk.project, id: desk.one }),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/NotFound|Denied/),
    })
    await desk.administrator.call('Project.DeleteProject', { project: other.id })
  })

  test('a plan that is stale', async () => {
    const { plan } = await desk.operator.call('Cluster.CreateCluster', { ...desk.wish(), dryRun: 'plan' })
    const { problems } = await desk.refused({
      spec: desk.spec({ kubelet: { maxPods: 60 } }),
      planDigest: plan.digest,
    })
    expect(at(problems, 'planDigest')).toBe('cluster.settings.kubelet.maxPods was 110 and is 60')
  })
})
