import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartRunRequest } from '@slipway/contracts/run/v1/run_service'
import { freePort } from '@slipway/embedded'
import { run } from '@slipway/process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { project, startInstall, type TestInstall } from './install.ts'
import { startTarget, type TargetHost } from './target.ts'

// What people type may be anything: this must arrive as it is.
const trace = join(tmpdir(), `slipway-was-here-${process.pid}`)
const evil = `{{ lookup('pipe', 'touch ${trace}') }} {% raw %} $(touch ${trace}) 'quoted" \\ ünïcode`
const password = `p{{ w }}'"\\ $(id) ü`

let install: TestInstall
let keyFolder: string
let privateKey: string
let host: TargetHost
let jump: TargetHost

beforeAll(async () => {
  keyFolder = await mkdtemp(join(tmpdir(), 'slipway-key-'))
  const file = join(keyFolder, 'key')
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', 'pass {{ phrase }}', '-f', file])
  privateKey = await readFile(file, 'utf8')
  const publicKey = (await readFile(`${file}.pub`, 'utf8')).trim()
  ;[install, host, jump] = await Promise.all([
    startInstall(),
    startTarget({ user: 'worker', password, publicKey }),
    startTarget({ user: 'door', password: 'another password', publicKey: '' }),
  ])
})
afterAll(async () => {
  await Promise.all([install?.stop(), host?.stop(), jump?.stop()])
  await rm(keyFolder, { recursive: true, force: true })
})

let attempt = 0
type Wanted = Partial<Parameters<typeof StartRunRequest.fromPartial>[0]>
const request = (wanted: Wanted) =>
  StartRunRequest.fromPartial({
    project,
    operation: 'op',
    step: 'step',
    attempt: ++attempt,
    deadlineSeconds: 60,
    ...wanted,
  })

async function byKey() {
  return {
    credential: 'c-key',
    user: host.user,
    kind: 'private-key',
    privateKey: await install.seal(privateKey, 'c-key', 'private_key'),
    passphrase: await install.seal('pass {{ phrase }}', 'c-key', 'passphrase'),
    sudoPassword: await install.seal(password, 'c-key', 'sudo_password'),
  }
}

async function byPassword() {
  return {
    credential: 'c-password',
    user: host.user,
    kind: 'password',
    password: await install.seal(password, 'c-password', 'password'),
    sudoPassword: await install.seal(password, 'c-password', 'sudo_password'),
  }
}

async function theJump() {
  const login = {
    credential: 'c-jump',
    user: jump.user,
    kind: 'password',
    password: await install.seal('another password', 'c-jump', 'password'),
  }
  return { address: '127.0.0.1', port: jump.port, login, hostKeys: [jump.hostKey] }
}

const at = () => ({ name: 'web-1', address: '127.0.0.1', port: host.port, hostKeys: [host.hostKey] })

async function outputOf(id: string) {
  const lines = []
  for await (const batch of install.gateway.followRun({ project, id, afterSequence: 0 }))
    lines.push(...batch.lines)
  return lines
}

test('a playbook runs with a key that has a passphrase, and sudo with a password', async () => {
  const ended = await install.play(
    request({ playbook: 'whoami.yml', targets: [{ ...at(), login: await byKey() }] }),
  )
  expect(ended.failure).toBeUndefined()
  expect(ended).toMatchObject({
    state: 'succeeded',
    hosts: [{ host: 'web-1', ok: 2, changed: 1, presentedHostKey: '' }],
  })
  const lines = await outputOf(ended.id)
  expect(
    lines.filter((line) => line.kind === 'line' && line.host === 'web-1').map((line) => line.text),
  ).toEqual(['worker', 'root'])
  expect(lines.map((line) => line.sequence)).toEqual(lines.map((_, index) => index + 1))
  expect(lines.map((line) => line.kind)).toEqual(['line', 'task', 'ok', 'line', 'task', 'changed', 'line'])
})

test('a playbook runs with passwords, through a jump host with another password', async () => {
  const target = { ...at(), login: await byPassword(), jump: await theJump() }
  const ended = await install.play(request({ playbook: 'whoami.yml', targets: [target] }))
  expect(ended.failure).toBeUndefined()
  expect(ended).toMatchObject({ state: 'succeeded', hosts: [{ ok: 2, changed: 1 }] })
})

test('on first contact the key that a host shows is answered, also through a jump host', async () => {
  const direct = { ...at(), login: await byKey(), hostKeys: [] }
  const behind = { ...direct, name: 'Web-2', jump: await theJump() }
  const ended = await install.play(request({ playbook: 'whoami.yml', targets: [direct, behind] }))
  expect(ended.state).toBe('succeeded')
  expect(ended.hosts.map((one) => one.presentedHostKey)).toEqual([host.hostKey, host.hostKey])
})

test('a host whose key has changed is not logged in to, and the key that it shows is answered', async () => {
  const target = { ...at(), login: await byPassword(), hostKeys: [jump.hostKey] }
  const ended = await install.play(request({ playbook: 'whoami.yml', targets: [target] }))
  expect(ended.failure).toMatchObject({ code: 'Precondition', host: 'web-1', retryable: false })
  expect(ended.failure?.message).toMatch(
    /^The host key of web-1 has changed: it shows SHA256:\S+, known is SHA256:\S+\.$/,
  )
  expect(ended.hosts[0]).toMatchObject({ ok: 0, presentedHostKey: host.hostKey })
})

test('a jump host whose key has changed is not logged in to', async () => {
  const target = { ...at(), login: await byKey(), jump: { ...(await theJump()), hostKeys: [host.hostKey] } }
  const ended = await install.play(request({ playbook: 'whoami.yml', targets: [target] }))
  expect(ended.failure).toMatchObject({ code: 'Precondition', host: 'web-1', retryable: false })
  expect(ended.failure?.message).toMatch(/^The host key of the jump host 127.0.0.1 has changed/)
  expect(ended.failure?.hint).toContain('accept its key for the credential')
})

test.each([['password'], ['private-key']])(
  'a login that is refused by %s is not tried again',
  async (kind) => {
    const login = { credential: 'c-wrong', user: host.user, kind, password: '', privateKey: '' }
    if (kind === 'password') login.password = await install.seal('wrong', 'c-wrong', 'password')
    else login.privateKey = await install.seal(await otherKey(), 'c-wrong', 'private_key')
    const ended = await install.play(request({ playbook: 'whoami.yml', targets: [{ ...at(), login }] }))
    expect(ended.failure).toMatchObject({ code: 'Precondition', host: 'web-1', retryable: false })
    expect(ended.failure?.message).toMatch(/Permission denied|Invalid\/incorrect/)
  },
)

test('a key that does not open is said before anything runs', async () => {
  const login = { ...(await byKey()), passphrase: await install.seal('wrong', 'c-key', 'passphrase') }
  const ended = await install.play(request({ playbook: 'whoami.yml', targets: [{ ...at(), login }] }))
  expect(ended.failure).toMatchObject({ code: 'Precondition', retryable: false })
  expect(ended.failure?.message).toContain(
    "credential c-key: the private key can't be read, or its passphrase is wrong",
  )
})

test('a sudo password that is wrong fails the task in its own words', async () => {
  const login = { ...(await byKey()), sudoPassword: await install.seal('wrong', 'c-key', 'sudo_password') }
  const ended = await install.play(request({ playbook: 'whoami.yml', targets: [{ ...at(), login }] }))
  expect(ended.failure).toMatchObject({ host: 'web-1', task: 'Ask as root', retryable: false })
  expect(ended.failure?.message).toMatch(/[Ii]ncorrect sudo password/)
})

test('a host that does not answer is worth another try', async () => {
  const target = { ...at(), port: await freePort(), login: await byKey() }
  const ended = await install.play(request({ playbook: 'whoami.yml', targets: [target] }))
  expect(ended.failure).toMatchObject({ code: 'Unavailable', host: 'web-1', retryable: true })
  expect(ended.failure?.message).toContain('Connection refused')
})

test('what people type arrives as it is and is never run, wherever it stands', async () => {
  const typed = {
    text: evil,
    list: [evil, { deep: evil }],
    [`key {{ x }} $(touch ${trace})`]: 1,
    number: 7,
    none: null,
  }
  const login = await byPassword()
  const sealed = {
    sealed: await install.seal(evil, 'op', 'typed_secret.token'),
    object: 'op',
    field: 'typed_secret.token',
  }
  const wanted = request({
    playbook: 'values.yml',
    targets: [{ ...at(), login, variablesJson: JSON.stringify({ here: typed }) }],
    variablesJson: JSON.stringify({ typed, typed_secret: { open: evil } }),
    secrets: { 'typed_secret.token': sealed },
  })
  const ended = await install.play(wanted)
  expect(ended.failure).toBeUndefined()
  const [result] = ended.hosts
  const operation = `op/step/${wanted.attempt}`
  expect(JSON.parse(result?.resultJson ?? '')).toEqual({ typed, here: typed, operation })
  expect(result?.resultAt?.getTime()).toBeGreaterThan(ended.startedAt?.getTime() ?? Number.NaN)
  expect(result?.resultAt?.getTime()).toBeLessThan(ended.endedAt?.getTime() ?? Number.NaN)
  const secret = await install.open(ended.exports['secret.json'] ?? '', 'op', 'secret.json')
  expect(JSON.parse(secret)).toEqual({ open: evil, token: evil })
  expect(existsSync(trace)).toBe(false)
})

test('the first error that nobody rescued is told, in the words of the loop item that failed', async () => {
  const ended = await install.play(
    request({ playbook: 'fails.yml', targets: [{ ...at(), login: await byKey() }] }),
  )
  expect(ended.failure).toMatchObject({
    code: 'Precondition',
    host: 'web-1',
    task: 'Fail in a loop',
    retryable: false,
  })
  expect(ended.failure?.message).toBe('non-zero return code\nerr 3')
  expect(ended.hosts[0]).toMatchObject({ ok: 1, failed: 1, unreachable: false })
})

test('a task decides that its failure is worth another try', async () => {
  const targets = [{ ...at(), login: await byKey() }]
  const ended = await install.play(request({ playbook: 'later.yml', targets }))
  expect(ended.failure).toMatchObject({ code: 'Unavailable', message: 'not yet', retryable: true })
})

test('a playbook that Ansible can not read fails in its words', async () => {
  const ended = await install.play(
    request({ playbook: 'broken.yml', targets: [{ ...at(), login: await byKey() }] }),
  )
  expect(ended.failure).toMatchObject({ code: 'Bug', retryable: false })
  expect(ended.failure?.message).toContain("couldn't resolve module/action 'no_such_module'")
})

test('a host key is scanned directly and through a jump host', async () => {
  const asked = { project, address: '127.0.0.1', port: host.port, jump: undefined }
  const direct = await install.client.scanHostKey(asked)
  expect(direct).toMatchObject({
    hostKeys: [host.hostKey],
    fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/),
  })
  const login = { passphrase: '', privateKey: '', sudoPassword: '', ...(await theJump()).login }
  const behind = await install.client.scanHostKey({ ...asked, jump: { ...(await theJump()), login } })
  expect(behind.hostKeys).toEqual([host.hostKey])
  await expect(install.client.scanHostKey({ ...asked, port: await freePort() })).rejects.toThrow(
    'Connection refused',
  )
})

async function otherKey(): Promise<string> {
  const file = join(keyFolder, `other-${++attempt}`)
  await run(['ssh-keygen', '-q', '-t', 'ecdsa', '-m', 'PEM', '-N', '', '-f', file])
  return readFile(file, 'utf8')
}
