import { Health } from '@slipway/contracts/install/v1/install'
import { expect, test } from 'vitest'
import { troublesOf } from './troubles.ts'

const at = new Date('2026-03-01T00:00:00Z')
const days = (count: number) => new Date(at.getTime() + count * 86_400_000)
const service = { name: 'repo-proxy', state: 'ready', version: '1', problems: [] }
const certificate = { name: 'repo-proxy', beginsAt: days(-60), endsAt: days(30) }
const disk = { path: '/data', holds: ['postgres'], totalMib: 100_000, freeMib: 50_000 }
const well = { at, version: '1', services: [service], disks: [disk], certificates: [certificate] }
const troubles = (change: object) =>
  troublesOf(Health.fromPartial({ ...well, ...change })).map(({ about, severity }) => [severity, about])

test('an install that is well has no troubles', () => {
  expect(troubles({})).toEqual([])
})

test('what two services rest on is wrong once, and before what is only going to be', () => {
  const problem = { field: 'database', message: 'The database does not answer.', hint: 'Look at it.' }
  const troubled = { ...service, state: 'troubled', problems: [problem] }
  const disks = [{ ...disk, freeMib: 4_000 }]
  expect(troubles({ disks, services: [troubled, { ...troubled, name: 'ansible-runner' }] })).toEqual([
    ['bad', 'PostgreSQL'],
    ['warn', '/data'],
  ])
})

test.each([
  ['a service that does not answer', { services: [{ ...service, state: 'unreachable' }] }, 'bad'],
  ['a service of another version', { services: [{ ...service, version: '2' }] }, 'warn'],
  ['a disk without room', { disks: [{ ...disk, freeMib: 100 }] }, 'bad'],
  ['streams that reach their limit', { nats: { storedMib: 95, limitMib: 100 } }, 'warn'],
  ['a certificate that ended', { certificates: [{ ...certificate, endsAt: days(-1) }] }, 'bad'],
  ['a certificate that was not renewed', { certificates: [{ ...certificate, endsAt: days(10) }] }, 'warn'],
])('%s is said', (_what, change, severity) => {
  expect(troubles(change)).toMatchObject([[severity, expect.any(String)]])
})

test.each([
  ['a twentieth of a large disk is much', { disks: [{ ...disk, totalMib: 1_000_000, freeMib: 40_000 }] }],
  ['streams without a limit have none to reach', { nats: { storedMib: 95, limitMib: 0 } }],
])('%s', (_what, change) => {
  expect(troubles(change)).toEqual([])
})
