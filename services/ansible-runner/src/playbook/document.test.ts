import { expect, test } from 'vitest'
import type { Login } from '../run/order.ts'
import { type OpenTarget, playbookDocument } from './document.ts'

const login = (credential: string, more: Partial<Login>): Login => ({
  credential,
  user: 'node',
  kind: 'password',
  password: '',
  privateKey: '',
  passphrase: '',
  sudoPassword: '',
  ...more,
})
const jump = {
  address: '10.0.0.1',
  port: 22,
  login: login('c-jump', { password: 'jump-secret' }),
  hostKeys: ['ssh-ed25519 AAAA'],
}
const target = (name: string, more: Partial<OpenTarget>): OpenTarget => ({
  name,
  address: '10.0.0.2',
  port: 22,
  login: login('c-key', { kind: 'private-key', privateKey: 'key-secret', passphrase: 'phrase-secret' }),
  jump,
  hostKeys: [],
  variables: {},
  ...more,
})
const document = playbookDocument({
  venv: '/venv',
  playbooks: '/playbooks',
  playbook: 'prepare.yml',
  targets: [
    target('Web-1', {}),
    target('web-2', { login: login('c-word', { password: 'word-secret', sudoPassword: 'sudo-secret' }) }),
  ],
  variables: { slipway_repo: { name: 'repo' } },
  secrets: new Map([
    ['slipway_repo.token', 'token-secret'],
    ['slipway_join.token', 'join-secret'],
  ]),
  check: true,
})
const file = (path: string) => document.files.find((one) => one.path === path)?.text ?? ''

test('no secret stands in a command line, an environment or the configuration of ssh', () => {
  expect(JSON.stringify([document.argv, document.env, file('ssh_config')])).not.toContain('secret')
})

test('secret variables go where their dotted names say, beside what is there', () => {
  expect(JSON.parse(file('vars.json'))).toEqual({
    slipway_repo: { name: { __ansible_unsafe: 'repo' }, token: { __ansible_unsafe: 'token-secret' } },
    slipway_join: { token: { __ansible_unsafe: 'join-secret' } },
  })
})

test('hosts behind one jump host share it, and each login is given once', () => {
  expect(file('ssh_config').match(/^Host .*/gm)).toEqual([
    'Host web-1',
    'Host web-2',
    'Host _jump0',
    'Host *',
  ])
  expect(document.keys).toEqual([
    { name: 'login0', label: 'credential c-key', text: 'key-secret', passphrase: 'phrase-secret' },
  ])
})

test('a host without known keys accepts the first, one with known keys only those', () => {
  const blocks = file('ssh_config').split(/^Host /m)
  expect(blocks.find((block) => block.startsWith('web-1'))).toContain('StrictHostKeyChecking accept-new')
  expect(blocks.find((block) => block.startsWith('_jump0'))).toContain('StrictHostKeyChecking yes')
  expect(file('pinned/_jump0')).toBe('_jump0 ssh-ed25519 AAAA\n')
})
