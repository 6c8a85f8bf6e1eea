import { expect, test } from 'vitest'
import type { Facts } from '../host/facts.ts'
import type { Observed, ObservedHost } from './observed.ts'
import { type ClusterSpec, completeSpec, type SpecDraft } from './spec.ts'
import { refuse, validate } from './validate.ts'

const facts: Facts = {
  ...{
    platform: 'debian-12',
    osName: 'Debian',
    kernel: '6.1',
    architecture: 'amd64',
    cpus: 4,
    memoryMib: 8192,
  },
  ...{
    hostname: 'a',
    machineId: 'a',
    clockOffsetSeconds: 0,
    cgroupVersion: 2,
    pythonVersion: '3.11',
    swap: false,
  },
  ...{ disks: [], interfaces: [], routes: [], gpus: [], virtualization: 'none' },
  sudoProblem: '',
  mounts: [{ path: '/', freeMib: 50_000, sizeMib: 100_000 }],
}

function host(id: string, more: Partial<ObservedHost> = {}, itsFacts: Partial<Facts> = {}): ObservedHost {
  return {
    ...{ id, project: 'p', name: id, address: '10.20.0.1', port: 22, credential: 'c', profile: '', tags: [] },
    ...{
      state: 'ready',
      stateReason: '',
      hostKeys: [],
      presentedHostKeys: [],
      factsAt: new Date(0),
      gathering: null,
    },
    ...{ cluster: null, version: 1, createdAt: new Date(0), settings: {} },
    facts: { ...facts, hostname: id, machineId: id, ...itsFacts },
    ...more,
  }
}

function observed(...hosts: ObservedHost[]): Observed {
  const version = { name: '1.36.3', enabled: true, available: true, components: {}, platforms: [] }
  const part = { files: [], images: [], packages: { repository: 'debian-12', names: [], debs: [] } }
  const release = {
    schema: 1 as const,
    kubernetes: '1.36.3',
    components: {},
    platforms: { 'debian-12-amd64': part },
  }
  return {
    hosts: new Map(hosts.map((one) => [one.id, one])),
    version: { usable: true, version, release, manifest: {} as never },
  }
}

const node = (of: string, role = 'worker') => ({ host: of, role, name: '', labels: {}, taints: [] })
const two = observed(host('a'), host('b', { address: '10.20.0.2' }))

function spec(draft: Partial<SpecDraft> = {}, world = two): ClusterSpec {
  const names = new Map(
    [...world.hosts.values()].map(({ id, name }) => [id, { name, cgroupDriver: undefined }]),
  )
  const nodes = [node('a', 'control-plane'), node('b')]
  return completeSpec({ kubernetesVersion: '1.36.3', nodes, controlPlaneSchedulable: false, ...draft }, names)
}

/** `field: message` of everything found. */
const found = (draft: Partial<SpecDraft>, world = two) =>
  validate(spec(draft, world), world).map(({ field, message }) => `${field}: ${message}`)

test('a good spec has nothing against it', () => {
  expect(found({})).toEqual([])
})

test('a single node takes workloads without being asked', () => {
  expect(spec({ nodes: [node('a', 'control-plane')] }).controlPlaneSchedulable).toBe(true)
  expect(spec({}).controlPlaneSchedulable).toBe(false)
})

test.each<[string, Partial<SpecDraft>, RegExp]>([
  [
    'overlapping ranges',
    { network: { serviceCidr: '10.244.128.0/20' } },
    /serviceCidr: .* overlaps the pod range/,
  ],
  [
    'bits beyond the prefix',
    { network: { podCidr: '10.244.1.0/16' } },
    /podCidr: 10.244.1.0\/16 has bits beyond/,
  ],
  ['no range', { network: { podCidr: 'all' } }, /podCidr: "all" is no IPv4 range/],
  [
    'a small service range',
    { network: { serviceCidr: '10.96.0.0/29' } },
    /serviceCidr: .* too small: .* 16 addresses/,
  ],
  ['a large service range', { network: { serviceCidr: '11.0.0.0/8' } }, /serviceCidr: .* too large/],
  ['a range of loopback', { network: { podCidr: '127.0.0.0/16' } }, /podCidr: .* which is loopback/],
  ['a mask shorter than the range', { network: { nodeMask: 12 } }, /nodeMask: \/12 does not part/],
  [
    'a share per node too few',
    { network: { podCidr: '10.244.0.0/24', nodeMask: 24 } },
    /has 1 shares of \/24, for 2/,
  ],
  ['more pods than addresses', { kubelet: { maxPods: 254 } }, /nodeMask: .* room for 253 pods/],
  [
    'a range of ports turned round',
    { network: { nodePortRange: '32767-30000' } },
    /nodePortRange: .* no range/,
  ],
  [
    'the API port among node ports',
    { apiServer: { port: 30_000 } },
    /nodePortRange: holds 30000, .* API server/,
  ],
  ['an API port of a kubelet', { apiServer: { port: 10_250 } }, /apiServer.port: 10250 is used by the nodes/],
  [
    'a host in a range',
    { network: { podCidr: '10.20.0.0/16' } },
    /podCidr: .* holds the address 10.20.0.1 of host a/,
  ],
  [
    'two control planes',
    { nodes: [node('a', 'control-plane'), node('b', 'control-plane')] },
    /nodes: .*exactly one/,
  ],
  [
    'a host named twice',
    { nodes: [node('a', 'control-plane'), node('a')] },
    /nodes\[1\].host: stands in the spec twice/,
  ],
  [
    'an unknown host',
    { nodes: [node('a', 'control-plane'), node('x')] },
    /nodes\[1\].host: this project has no host "x"/,
  ],
  ['a SAN with a space', { apiServer: { extraSans: ['a b'] } }, /extraSans\[0\]: "a b" is neither/],
  [
    'an unknown signal',
    { kubelet: { evictionHard: { 'disk.free': '1%' } } },
    /evictionHard.disk.free: is no eviction/,
  ],
  [
    'a threshold in words',
    { kubelet: { evictionHard: { 'memory.available': 'some' } } },
    /"some" is no threshold/,
  ],
  ['etcd in a system folder', { etcd: { dataDir: '/etc/etcd' } }, /etcd.dataDir: .* can't be a data folder/],
  [
    'a way out of a folder',
    { runtime: { dataDir: '/data/../etc' } },
    /runtime.dataDir: .* can't be a data folder/,
  ],
  ['one folder for both', { etcd: { dataDir: '/var/lib/containerd/etcd' } }, /etcd.dataDir: lies together/],
  [
    'labels and taints',
    {
      nodes: [
        node('a', 'control-plane'),
        { ...node('b'), labels: { 'a b': '-' }, taints: [{ key: '', value: '', effect: 'x' }] },
      ],
    },
    /nodes\[1\].labels: "a b" is no label key/,
  ],
])('%s is found', (_, draft, expected) => {
  expect(found(draft).join('\n')).toMatch(expected)
})

test.each<[string, Partial<ObservedHost>, Partial<Facts>, RegExp]>([
  ['in another cluster', { cluster: 'c1' }, {}, /is part of cluster c1/],
  [
    'unreachable',
    { state: 'unreachable', stateReason: 'no route' },
    {},
    /b is unreachable, not ready: no route/,
  ],
  ['never asked', { facts: undefined, state: 'new' }, {}, /b is new, not ready/],
  [
    'of a strange platform',
    {},
    { platform: 'debian-11' },
    /b is debian-11-amd64, for which 1.36.3 has no artifacts/,
  ],
  [
    'without sudo',
    {},
    { sudoProblem: 'a password is required' },
    /can't become root: a password is required/,
  ],
  ['short of memory', {}, { memoryMib: 512 }, /512 MiB of memory; a worker needs 900/],
  ['short of disk', {}, { mounts: [{ path: '/var', freeMib: 10, sizeMib: 20 }] }, /10 MiB free on \/var/],
  ['ahead of time', {}, { clockOffsetSeconds: 120 }, /the clock of b is 120 s ahead of Slipway's/],
  ['apart from the other', {}, { clockOffsetSeconds: 0 }, /^$/],
  ['on cgroup v1', {}, { cgroupVersion: 1 }, /b runs cgroup v1, which Kubernetes 1.36.3 refuses/],
  ['on cgroup v1 by its profile', { settings: { allow_cgroup_v1: true } }, { cgroupVersion: 1 }, /^$/],
  ['a copy of the other', {}, { machineId: 'a' }, /b has the machine id of a/],
  ['named as the other', {}, { hostname: 'a' }, /b and a both call themselves a/],
  [
    'behind a route of the pods',
    {},
    { routes: [{ destination: '10.244.3.0/24', gateway: '', interface: 'cni0' }] },
    /podCidr: 10.244.0.0\/16 overlaps the route to 10.244.3.0\/24 on host b \(cni0\)/,
  ],
])('a host that is %s', (_, more, itsFacts, expected) => {
  const other = host('b', { address: '10.20.0.2' }, itsFacts)
  const world = observed(host('a'), { ...other, ...more })
  expect(found({}, world).join('\n')).toMatch(expected)
})

test('two clocks that are each nearly right can still be too far apart', () => {
  const world = observed(
    host('a', {}, { clockOffsetSeconds: 20 }),
    host('b', {}, { clockOffsetSeconds: -20 }),
  )
  expect(found({}, world).join()).toMatch(/more than 30 s apart/)
})

test('a version that can not be used is told with its own way out', () => {
  const version = {
    usable: false,
    version: undefined,
    message: 'is not there',
    hint: 'Take 1.36.3.',
  } as const
  const findings = validate(spec(), { ...two, version })
  expect(findings).toMatchObject([{ field: 'spec.kubernetesVersion', code: 'Invalid', hint: 'Take 1.36.3.' }])
})

test('all findings are thrown together, under the code of the most telling one', () => {
  const world = observed(host('a', { cluster: 'c1' }), host('b', { state: 'unreachable' }))
  expect(() => refuse(validate(spec({}, world), world))).toThrow('and 1 more')
  const thrown = (draft: Partial<SpecDraft>) => {
    try {
      refuse(validate(spec(draft, world), world))
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  expect([thrown({}), thrown({ network: { podCidr: 'x' } })]).toEqual(['Conflict', 'Invalid'])
})
