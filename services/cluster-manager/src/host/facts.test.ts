import { Host } from '@slipway/contracts/host/v1/host'
import { expect, test } from 'vitest'
import { clockOffset, readFacts, storedFacts } from './facts.ts'

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000)
const asked = { startedAt: at(0), endedAt: at(20), resultAt: at(3) }
const epoch = 1_700_000_000

test('the answer of the module becomes facts', () => {
  const answer = {
    os: { id: 'debian', version: '13', pretty: 'Debian GNU/Linux 13 (trixie)' },
    ...{ kernel: '6.12.0', architecture: 'arm64', cpus: 8, memory_mib: 16_000, host_name: 'web-1' },
    ...{ machine_id: 'abc', cgroup_version: 1, python_version: '3.13.5', swap: ['/dev/sda2'] },
    sudo: { works: false, problem: 'Missing sudo password' },
    ...{ virtualisation: 'kvm', epoch: epoch + 63 },
    disks: [{ name: 'sda', bytes: 2 ** 35, rotational: true, model: 'WDC' }],
    mounts: [{ path: '/var/lib/etcd', mount: '/', bytes: 2 ** 30, free_bytes: 2 ** 29 }],
    network_cards: [{ name: 'eth0', mac: 'aa:bb', mtu: 1500, state: 'up', addresses: ['10.0.0.5/24'] }],
    routes: [{ destination: '0.0.0.0/0', gateway: '10.0.0.1', device: 'eth0' }],
    gpus: [{ slot: '0000:3b:00.0', vendor: '0x10de', device: '0x1eb8' }],
  }
  expect(readFacts(JSON.stringify({ slipway_facts: answer }), asked)).toEqual({
    ...{
      platform: 'debian-13',
      osName: 'Debian GNU/Linux 13 (trixie)',
      kernel: '6.12.0',
      architecture: 'arm64',
    },
    ...{ cpus: 8, memoryMib: 16_000, hostname: 'web-1', machineId: 'abc', clockOffsetSeconds: 60 },
    ...{ cgroupVersion: 1, pythonVersion: '3.13.5', swap: true, virtualization: 'kvm' },
    sudoProblem: 'Missing sudo password',
    disks: [{ name: 'sda', sizeGib: 32, rotational: true, model: 'WDC' }],
    mounts: [{ path: '/var/lib/etcd', freeMib: 512, sizeMib: 1024 }],
    interfaces: [{ name: 'eth0', mac: 'aa:bb', mtu: 1500, state: 'up', addresses: ['10.0.0.5/24'] }],
    routes: [{ destination: '0.0.0.0/0', gateway: '10.0.0.1', interface: 'eth0' }],
    gpus: ['10de:1eb8 at 0000:3b:00.0'],
  })
})

test.each(['', 'null', '[]', '7', '{"slipway_facts": 1}', '{"machine_id": 5}', '{'])(
  'the answer %j is none',
  (json) => expect(readFacts(json, asked)).toBeUndefined(),
)

test('what a lying host says is bounded, printable and fits the contract', () => {
  const wild = [
    1e300,
    -5,
    Number.MAX_SAFE_INTEGER,
    'x\u0000\u001b[31my',
    null,
    [],
    {},
    true,
    'z'.repeat(1_000),
  ]
  for (const value of wild) {
    const lie = JSON.stringify({
      ...{ machine_id: 'm\u0000', cpus: value, memory_mib: value, kernel: value, os: value, epoch: value },
      ...{ disks: [value, { bytes: value, name: value }], network_cards: value, swap: value, gpus: [value] },
      routes: Array.from({ length: 5_000 }, () => ({ destination: value, gateway: value, device: value })),
    })
    const facts = readFacts(lie, asked)
    const text = JSON.stringify(facts)
    expect(text).not.toMatch(/\\u00/)
    expect(text.length).toBeLessThan(1_000_000)
    expect(Host.encode(Host.fromPartial({ facts })).finish().length).toBeGreaterThan(0)
  }
})

test.each([
  ['the answer came at once', asked, epoch + 3, 0],
  ['the clock is behind', asked, epoch + 3 - 300, -300],
  ['the clock is ahead', asked, epoch + 3 + 0.256, 0.26],
  [
    'the clock is within a run whose answers were not timed',
    { ...asked, resultAt: undefined },
    epoch + 17,
    0,
  ],
  ['it is ahead of all of that run', { ...asked, resultAt: undefined }, epoch + 140, 120],
  ['it is behind all of that run', { ...asked, resultAt: undefined }, epoch - 120, -120],
  ['the host told no time', asked, undefined, 0],
])('the offset is right when %s', (_, when, told, offset) => expect(clockOffset(told, when)).toBe(offset))

test('facts that an earlier Slipway stored have every field', () => {
  expect(storedFacts({ platform: 'debian-12' })).toMatchObject({ platform: 'debian-12', gpus: [], cpus: 0 })
  expect(storedFacts(null)).toBeUndefined()
})
