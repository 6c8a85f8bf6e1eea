import { expect, test } from 'vitest'
import type { Host, Lab } from '../lab.ts'
import { hostFiles } from './files.ts'
import { parseMirror } from './mirror.ts'

const host: Host = {
  name: 'w1',
  address: '10.78.0.12',
  os: 'debian-12',
  firewall: 'none',
  user: 'admin',
  sudo: 'password',
}
const lab: Lab = {
  name: 'one',
  dir: '/data',
  network: '10.78.0.0/24',
  gateway: '10.78.0.1',
  egress: { mode: 'open', allow: [] },
  hosts: [host],
}
const from = { machineId: '0123456789abcdef0123456789abcdef', publicKey: 'ssh-ed25519 AAAA\n' }
const files = (one: Host) => Object.fromEntries(hostFiles(lab, one, from).map((file) => [file.path, file]))

test("the network file sorts before Debian's own", () => {
  const [path = ''] = Object.keys(files(host)).filter((one) => one.endsWith('.network'))
  expect(path < 'etc/systemd/network/80-container-host0.network').toBe(true)
})

test('a user who is not root gets sudo with a password, and root can not log in', () => {
  const made = files(host)
  expect(made['etc/sudoers.d/lab-admin']).toMatchObject({ text: 'admin ALL=(ALL:ALL) ALL\n', mode: 0o440 })
  expect(made['etc/ssh/sshd_config.d/10-lab.conf']?.text).toBe('PermitRootLogin no\n')
  expect(made['home/admin/.ssh/authorized_keys']?.mode).toBe(0o600)
})

test('root needs no sudo', () => {
  expect(Object.keys(files({ ...host, user: 'root' })).filter((path) => path.includes('sudoers'))).toEqual([])
})

test("the mirror is the one of Debian's main archive that apt uses", () => {
  const targets = [
    'Other|Other|main|https://packages.example/apt/',
    'Debian|Debian-Security|main|http://mirror.example/debian-security/',
    'Debian|Debian|main|http://mirror.example/debian/',
  ].join('\n')
  expect(parseMirror(targets)).toBe('http://mirror.example/debian/')
  expect(parseMirror('')).toBeUndefined()
})
