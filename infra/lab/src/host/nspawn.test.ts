import { expect, test } from 'vitest'
import type { Host } from '../lab.ts'
import { gather } from './find.ts'
import { nspawnCommand } from './nspawn.ts'

const host: Host = {
  name: 'cp1',
  address: '10.78.0.11',
  os: 'debian-13',
  firewall: 'none',
  user: 'root',
  sudo: 'nopasswd',
}
const start = {
  host,
  machine: 'one--cp1',
  tree: '/data/hosts/cp1',
  bridge: 'lab-one',
  cgroupV1: true,
  scope: false,
}

test('no host can set the machine clock', () => {
  expect(nspawnCommand(start)).toContain('--drop-capability=CAP_SYS_TIME')
})

test('a newer systemd on version 1 control groups is told so, in the last word', () => {
  expect(nspawnCommand(start).at(-1)).toBe('SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1')
  const legacy = (command: string[]) => command.some((word) => word.includes('LEGACY_FORCE'))
  expect(legacy(nspawnCommand({ ...start, host: { ...host, os: 'debian-12' } }))).toBe(false)
  expect(legacy(nspawnCommand({ ...start, cgroupV1: false, scope: true }))).toBe(false)
})

test('processes are joined to hosts, and forks that carry the same command line are left out', () => {
  const names = { machine: 'one--cp1', directory: '/data/hosts/cp1' }
  const found = [
    { pid: 10, parent: 1, kind: 'keeper' as const, ...names },
    { pid: 11, parent: 10, kind: 'keeper' as const, ...names },
    { pid: 12, parent: 10, kind: 'nspawn' as const, ...names },
    { pid: 13, parent: 12, kind: 'nspawn' as const, ...names },
  ]
  expect(gather(found)).toEqual([{ ...names, keeper: 10, nspawn: 12 }])
})
