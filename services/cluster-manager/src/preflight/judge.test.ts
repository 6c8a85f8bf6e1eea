import { expect, test } from 'vitest'
import type { PlayedRun } from '../flow/wire.ts'
import { judge } from './judge.ts'
import { type Member, peersOfAll } from './peers.ts'

type Played = PlayedRun['hosts'][number]

function host(name: string, answer: Partial<Played> = {}): Played {
  const said = { findings: [], facts: {} }
  return { name, unreachable: false, failed: false, result: said, facts: undefined, message: '', ...answer }
}

function member(name: string, role = 'worker', lives = false): Member {
  return { name, address: `10.0.0.${name}`, role, lives }
}

function told(hosts: Played[], members: Member[] = []): string[] {
  const findings = judge(hosts, { members, links: [], afterwards: 'check again' })
  return findings.map(({ host, id, severity }) => `${host} ${id} ${severity}`)
}

const ports = { api: 6443, vxlan: true }

test('every node tries each control plane and three others, and whom it tries tries it', () => {
  const members = [member('cp', 'control-plane'), ...Array.from({ length: 20 }, (_, at) => member(`w${at}`))]
  const peers = peersOfAll(members, ports)
  const namesOf = (name: string) => peers.get(name)?.map((peer) => peer.name) ?? []
  expect(namesOf('cp')).toHaveLength(20)
  expect(namesOf('w0').sort()).toEqual(['cp', 'w1', 'w17', 'w18', 'w19', 'w2', 'w3'])
  for (const { name } of members) for (const other of namesOf(name)) expect(namesOf(other)).toContain(name)
  expect(peers.get('w0')?.find(({ name }) => name === 'cp')).toMatchObject({
    ports: ['tcp/6443', 'tcp/10250', 'udp/8472'],
    asks: ['tcp/10250', 'udp/8472'],
  })
})

test('a control plane that lives is asked at its real ports, and asks nobody', () => {
  const peers = peersOfAll([member('w1'), member('cp', 'control-plane', true)], ports)
  expect(peers.get('w1')).toEqual([
    { name: 'cp', address: '10.0.0.cp', ports: ['tcp/6443', 'tcp/10250'], asks: [] },
  ])
})

test('a way that is blocked is an error, unless the other host filters itself or could not answer there', () => {
  const way = { peer: 'b', port: 'tcp/10250', problem: 'no answer within 2 s' }
  const asking = host('a', { result: { findings: [], facts: { ways: [way] } } })
  const answering = (kind: string, ports: string[]) =>
    host('b', { result: { findings: [], facts: { ports: { answering: ports }, firewall: { kind } } } })
  expect(told([asking, answering('', ['tcp/10250'])])).toEqual(['a port-blocked error'])
  expect(told([asking, answering('ufw', ['tcp/10250'])])).toEqual(['a port-filtered warning'])
  expect(told([asking, answering('', [])])).toEqual([])
  expect(told([asking], [member('b', 'control-plane', true)])).toEqual(['a port-blocked error'])
})

test('a host that said nothing is told with the reason that is in Ansible\u2019s words', () => {
  const silent = (message: string, unreachable = false) =>
    told([host('a', { failed: true, unreachable, message, result: undefined })])
  expect(silent('Incorrect sudo password')).toEqual(['a no-sudo error'])
  expect(silent("The module interpreter '/usr/bin/python3' was not found.")).toEqual(['a no-python error'])
  expect(silent('ansible-core requires a minimum of Python version 3.8')).toEqual(['a python-too-old error'])
  expect(silent('Timeout (17s) waiting for privilege escalation prompt:', true)).toEqual([
    'a login-hangs error',
  ])
  expect(silent('ops@10.0.0.1: Permission denied (publickey). no sudo', true)).toEqual([
    'a unreachable error',
  ])
  expect(silent('something else')).toEqual(['a not-checked error'])
})

test('of different packet sizes the rare one is told', () => {
  const sized = (name: string, mtu: number) =>
    host(name, { result: { findings: [], facts: { interface: { name: 'eth0', mtu } } } })
  expect(told([sized('a', 1500), sized('b', 1400), sized('c', 1500)])).toEqual(['b mtu-differs error'])
})

test('what a host says is bounded, printable, and of a known severity', () => {
  const lie = { id: 'x', severity: 'fatal', message: 'a\u001b[31mb', evidence: 'y'.repeat(5_000), hint: 7 }
  const result = { findings: [...Array(150).fill(lie), null] }
  const findings = judge([host('a', { result })], { members: [], links: [], afterwards: '' })
  expect(findings).toHaveLength(100)
  expect(findings[0]).toMatchObject({ severity: 'warning', message: 'a[31mb', hint: '', fix: '' })
  expect(findings[0]?.evidence).toHaveLength(1_000)
})
