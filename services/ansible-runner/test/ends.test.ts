import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { StartRunRequest } from '@slipway/contracts/run/v1/run_service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakeAnsible, fakeRun } from './fake.ts'
import { project, startInstall, type TestInstall } from './install.ts'

let venv: string
let install: TestInstall
beforeAll(async () => {
  venv = await fakeAnsible()
  install = await startInstall({ venv, parallel: 3 })
})
afterAll(async () => {
  await install?.stop()
  await rm(venv, { recursive: true, force: true })
})

/** Reads a run's output until a line with this text came. */
async function untilSaid(id: string, text: string): Promise<void> {
  for await (const { lines } of install.gateway.followRun({ project, id, afterSequence: 0 })) {
    if (lines.some((line) => line.text === text)) return
  }
  throw new Error(`${id} ended without saying ${text}`)
}

/** Processes in other pid namespaces than ours whose command line has a word. */
async function inside(word: string): Promise<string[]> {
  const found: string[] = []
  const ours = await readlink('/proc/self/ns/pid')
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    const namespace = await readlink(`/proc/${pid}/ns/pid`).catch(() => ours)
    if (argv.includes(word) && namespace !== ours) found.push(pid)
  }
  return found
}

test('a run that is cancelled ends as cancelled, and no process of it is left, not even one in a session of its own', async () => {
  const { id } = await install.client.startRun(fakeRun({ operation: 'cancel' }, { fake: 'leave_child' }))
  await untilSaid(id, 'hanging')
  expect((await inside(venv)).length).toBeGreaterThan(1)
  await install.client.cancelRun({ project, id })
  const ended = await install.ended(id)
  expect(ended.state).toBe('cancelled')
  expect(await inside(venv)).toEqual([])
})

test('a playbook that ignores signals is killed', async () => {
  const { id } = await install.client.startRun(fakeRun({ operation: 'stubborn' }, { fake: 'ignore_signals' }))
  await untilSaid(id, 'ignoring')
  await install.client.cancelRun({ project, id })
  const ended = await install.ended(id)
  expect(ended.state).toBe('cancelled')
  expect(await inside(venv)).toEqual([])
})

test('a run that waits for its turn is cancelled at once', async () => {
  const operations = ['busy-1', 'busy-2', 'busy-3']
  const busy = await Promise.all(
    operations.map((operation) => install.client.startRun(fakeRun({ operation }, { fake: 'hang' }))),
  )
  await Promise.all(busy.map(({ id }) => untilSaid(id, 'hanging')))
  const { id } = await install.client.startRun(fakeRun({ operation: 'waits' }, { fake: 'hang' }))
  expect((await install.client.cancelRun({ project, id })).state).toBe('cancelled')
  for (const one of busy) await install.client.cancelRun({ project, id: one.id })
  for (const one of busy) expect((await install.ended(one.id)).state).toBe('cancelled')
})

test('a playbook that takes too long is ended at its deadline, which is worth another try', async () => {
  const ended = await install.play(fakeRun({ operation: 'slow' }, { fake: 'hang' }, 1))
  expect(ended).toMatchObject({ state: 'failed', failure: { code: 'Unavailable', retryable: true } })
  expect(ended.failure?.message).toContain('did not end within 1 s')
})

test('a playbook that is killed is worth another try', async () => {
  const ended = await install.play(fakeRun({ operation: 'dies' }, { fake: 'die' }))
  expect(ended).toMatchObject({ state: 'failed', failure: { code: 'Unavailable', retryable: true } })
  expect(ended.failure?.message).toBe('ansible-playbook was ended by signal 9.')
})

test('a playbook that ends well without a word of what it did has not succeeded', async () => {
  const ended = await install.play(fakeRun({ operation: 'mute' }, { fake: 'exit_code', code: '0' }))
  expect(ended).toMatchObject({ state: 'failed', failure: { code: 'Bug' } })
})

test('words that are no event end the run', async () => {
  const ended = await install.play(fakeRun({ operation: 'babble' }, { fake: 'babble' }))
  expect(ended).toMatchObject({ state: 'failed', failure: { code: 'Bug' } })
  expect(await inside(venv)).toEqual([])
})

test('the same step asked for twice is one run', async () => {
  const request = fakeRun({ operation: 'twice' }, { fake: 'print_flood', lines: '3' })
  const [one, other] = await Promise.all([install.client.startRun(request), install.client.startRun(request)])
  expect(one.id).toBe('twice.step.1')
  expect(other.id).toBe(one.id)
  expect((await install.ended(one.id)).lastSequence).toBe(3)
  expect((await install.client.startRun(request)).state).toBe('succeeded')
})

test('a run of another project is not found', async () => {
  const { id } = await install.client.startRun(
    fakeRun({ operation: 'ours' }, { fake: 'print_flood', lines: '1' }),
  )
  await install.ended(id)
  for (const ask of [install.client.getRun, install.client.waitRun, install.client.cancelRun]) {
    await expect(ask({ project: 'project-2', id })).rejects.toMatchObject({ code: 'NotFound' })
  }
  const deadlineMs = 5_000
  const followed = install.gateway.followRun({ project: 'project-2', id, afterSequence: 0 }, { deadlineMs })
  await expect(followed[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'NotFound' })
  const asked = {
    project: 'project-2',
    runs: [id],
    host: '',
    search: '',
    pageSize: 0,
    pageToken: '',
    afterSequence: 0,
  }
  expect((await install.gateway.searchOutput(asked)).lines).toEqual([])
})

test('everything that is wrong with an order is said together', async () => {
  const order = StartRunRequest.fromPartial({
    ...fakeRun({ operation: 'wrong operation' }, { __ansible_vault: 'x' }),
    playbook: '../etc/passwd',
    targets: [
      {
        name: '-oProxyCommand=id',
        address: 'x y',
        port: 70_000,
        login: { user: '$(id)', kind: 'magic' },
        hostKeys: ['x\ny'],
      },
      {
        name: 'all',
        address: '10.0.0.1',
        login: { user: 'a', kind: 'password' },
        jump: { address: '10.0.0.2', login: { user: 'a', kind: 'password' } },
      },
    ],
  })
  const refused = await install.client.startRun(order).catch((error) => error)
  expect(refused.code).toBe('Invalid')
  expect(refused.problems.map((problem: { field: string }) => problem.field)).toEqual([
    'operation',
    'playbook',
    'variables_json',
    'targets[0].name',
    'targets[0].address',
    'targets[0].port',
    'targets[0].login.user',
    'targets[0].login.kind',
    'targets[0].host_keys',
    'targets[1].name',
    'targets[1].jump.host_keys',
  ])
})
