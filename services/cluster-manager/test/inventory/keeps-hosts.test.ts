import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { gatherFacts } from '../../src/host/gather.ts'
import { fingerprintOf } from '../../src/host/key.ts'
import { sweepGatherings } from '../../src/host/worker.ts'
import { type Bench, openBench } from './bench.ts'
import { factsOf } from './fake-runner.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  await bench.startWorker()
})
afterAll(() => bench.close())

// Each test has its own project and its own addresses.
let project: string
let credential: string
let subnet = 0
const address = (last: number) => `10.20.${subnet}.${last}`
beforeEach(async () => {
  project = uuidv7()
  subnet++
  const made = await bench.credentials.createCredential({ ...login, project })
  credential = made.id
})
const login = {
  project: '',
  name: 'login',
  user: 'root',
  kind: 'password',
  password: 'sesame',
  privateKey: '',
  passphrase: '',
  sudoPassword: '',
  jumpHost: undefined,
}
const key = (text: string) => `ssh-ed25519 ${Buffer.from(text).toString('base64')}`
const wish = (name: string, more = {}) => ({
  ...{ project, name, address: address(1), port: 0, credential, profile: '', tags: [] },
  ...more,
})

test('a host that is added is gathered, its key pinned, and every version of it told in order', async () => {
  bench.runner.answers.set(address(1), { resultJson: factsOf(), presentedHostKey: key('one') })
  const created = await bench.hosts.createHost(wish('web-1', { tags: ['blue', 'blue'], profile: 'lab' }))
  expect(created).toMatchObject({ state: 'gathering', port: 22, version: 1, hostKey: '', tags: ['blue'] })
  const host = await bench.settled(project, created.id)
  expect(host).toMatchObject({
    state: 'ready',
    stateReason: '',
    version: 2,
    hostKey: fingerprintOf([key('one')]),
  })
  expect(host.facts).toMatchObject({ platform: 'debian-12', cpus: 2, disks: [{ name: 'sda', sizeGib: 20 }] })
  expect(host.factsAt).toBeInstanceOf(Date)
  const events = await bench.eventsUntil(project, host.id, (fact) => fact === 'facts-gathered')
  expect(events).toEqual(['created 1', 'facts-gathered 2'])
})

test('hosts of one file are gathered by one run, rows with problems are answered by number', async () => {
  bench.runner.answers.set(address(1), { resultJson: factsOf() }).set(address(2), { resultJson: factsOf() })
  const before = bench.runner.started.length
  const csv = [
    'name,address,port,credential,tags,profile',
    `web-1,${address(1)},,login,a;b,`,
    `web-2,${address(2)},2222,${credential},,lab`,
    `web-2,${address(3)},,login,,`,
    `web-4,127.0.0.1,,login,,`,
    `web-5,${address(5)},99999,nobody,,moon`,
  ].join('\n')
  const { hosts, problems } = await bench.hosts.importHosts({ project, csv })
  expect(hosts.map(({ name, port }) => [name, port])).toEqual([
    ['web-1', 22],
    ['web-2', 2222],
  ])
  expect(problems.map(({ row, field }) => [row, field])).toEqual([
    [4, 'name'],
    [5, 'address'],
    [6, 'port'],
    [6, 'credential'],
    [6, 'profile'],
  ])
  for (const { id } of hosts) expect((await bench.settled(project, id)).state).toBe('ready')
  const runs = bench.runner.started.slice(before)
  expect(runs.map(({ targets }) => targets.length)).toEqual([2])
  expect(runs[0]).toMatchObject({ step: 'facts', attempt: 1, quiet: true, playbook: 'facts.yml' })
})

test('a host that does not answer is unreachable in the words of the run', async () => {
  const { id } = await bench.hosts.createHost(wish('web-1'))
  const host = await bench.settled(project, id)
  expect(host).toMatchObject({ state: 'unreachable', stateReason: expect.stringContaining('timed out') })
})

test('another key stops everything until the person accepts exactly that one', async () => {
  bench.runner.answers.set(address(1), { resultJson: factsOf(), presentedHostKey: key('one') })
  const { id } = await bench.hosts.createHost(wish('web-1'))
  await bench.settled(project, id)
  bench.runner.answers.set(address(1), { unreachable: true, presentedHostKey: key('two') })
  await bench.hosts.refreshHost({ project, id })
  await bench.eventsUntil(project, id, (fact) => fact === 'host-key-changed')
  const changed = await bench.hosts.getHost({ project, id })
  expect(changed).toMatchObject({ state: 'host-key-changed', presentedHostKey: fingerprintOf([key('two')]) })
  expect(changed.facts?.platform).toBe('debian-12')
  const wrong = bench.hosts.acceptHostKey({ project, id, fingerprint: fingerprintOf([key('one')]) })
  await expect(wrong).rejects.toMatchObject({ code: 'Conflict' })
  bench.runner.answers.set(address(1), { resultJson: factsOf() })
  const fingerprint = fingerprintOf([key('two')])
  expect(await bench.hosts.acceptHostKey({ project, id, fingerprint })).toMatchObject({
    hostKey: fingerprint,
  })
  const events = await bench.eventsUntil(
    project,
    id,
    (fact) =>
      fact === 'facts-gathered' && bench.runner.started.at(-1)?.targets[0]?.hostKeys[0] === key('two'),
  )
  expect(events.join()).toContain('host-key-changed 4')
  const again = bench.hosts.acceptHostKey({ project, id, fingerprint })
  await expect(again).rejects.toMatchObject({ code: 'Precondition' })
})

test('a runner that starts up late is waited for', async () => {
  bench.runner.answers.set(address(1), { resultJson: factsOf() })
  bench.runner.refusals = 1
  const { id } = await bench.hosts.createHost(wish('web-1'))
  expect((await bench.settled(project, id)).state).toBe('ready')
})

test('a run that died with its runner is started anew', async () => {
  const before = bench.runner.started.length
  bench.runner.answers.set(address(1), { resultJson: factsOf() })
  bench.runner.deaths = 2
  const { id } = await bench.hosts.createHost(wish('web-1'))
  expect((await bench.settled(project, id)).state).toBe('ready')
  expect(bench.runner.started.slice(before).map(({ attempt }) => attempt)).toEqual([1, 2, 3])
})

test('a gathering goes on in another process after the first one ended half-way', async () => {
  const { deps, runner } = bench
  runner.answers.set(address(1), { resultJson: factsOf() })
  const { id } = await bench.hosts.createHost(wish('web-1'))
  await bench.settled(project, id)
  const before = runner.started.length
  runner.gate.shut()
  const dying = new AbortController()
  const first = gatherFacts(deps, { project, ids: [id], signal: dying.signal })
  await expect.poll(() => runner.started.length).toBe(before + 1)
  dying.abort()
  await expect(first).rejects.toThrow()
  runner.gate.open()
  const later = () => new Date(Date.now() + 60_000)
  await sweepGatherings({ ...deps, now: later })
  await expect.poll(async () => (await bench.hosts.getHost({ project, id })).state).toBe('ready')
  expect(runner.started.length).toBe(before + 1)
})

test('facts are read for a cluster by one run and kept before the answer', async () => {
  const { deps, runner } = bench
  for (const last of [1, 2, 3]) runner.answers.set(address(last), { resultJson: factsOf() })
  const csv = `name,address,credential\n${[1, 2, 3].map((last) => `web-${last},${address(last)},login`).join('\n')}`
  const { hosts } = await bench.hosts.importHosts({ project, csv })
  const ids = hosts.map(({ id }) => id)
  for (const id of ids) await bench.settled(project, id)
  const before = runner.started.length
  runner.answers.set(address(2), { resultJson: factsOf({ memory_mib: 8192 }) })
  const gathered = await gatherFacts(deps, { project, ids })
  expect(runner.started.length).toBe(before + 1)
  expect(gathered.map(({ id }) => id)).toEqual(ids)
  expect(gathered.map(({ facts }) => facts?.memoryMib)).toEqual([4096, 8192, 4096])
})

test('the secrets of login and jump host travel sealed, and the jump host is pinned before its first use', async () => {
  const { runner } = bench
  const jumpHost = { address: address(9), port: 0, credential }
  const inner = { ...login, project, name: 'inner', user: 'ops', sudoPassword: 'open', jumpHost }
  const { id: through } = await bench.credentials.createCredential(inner)
  runner.answers.set(address(1), { resultJson: factsOf() })
  const { id } = await bench.hosts.createHost(wish('web-1', { credential: through }))
  await bench.settled(project, id)
  const run = runner.started.at(-1)
  const target = run?.targets[0]
  expect(target?.login).toMatchObject({ user: 'ops', password: expect.stringMatching(/^v1\./) })
  expect(target?.jump).toMatchObject({ address: address(9), port: 22, login: { user: 'root', credential } })
  expect(target?.jump?.hostKeys).toHaveLength(1)
  expect(JSON.stringify(run)).not.toMatch(/sesame|"open"/)
  const inUse = bench.credentials.deleteCredential({ project, id: credential })
  await expect(inUse).rejects.toMatchObject({ code: 'Conflict', message: expect.stringContaining('inner') })
})

test('another key of a jump host is accepted as it is shown now, and hosts behind it are read again', async () => {
  const { runner, credentials, hosts } = bench
  const jumpHost = { address: address(9), port: 0, credential }
  const { id: through } = await credentials.createCredential({ ...login, project, name: 'inner', jumpHost })
  const accept = (id: string, shown: string) =>
    credentials.acceptJumpHostKey({ project, id, fingerprint: fingerprintOf([shown]) })
  runner.answers.set(address(1), { resultJson: factsOf() })
  const { id } = await hosts.createHost(wish('web-1', { credential: through }))
  await bench.settled(project, id)
  const before = await credentials.getCredential({ project, id: through })
  expect(before.jumpHostKey).toBe(fingerprintOf([key(address(9))]))
  await expect(accept(through, key(address(9)))).rejects.toMatchObject({ code: 'Precondition' })

  runner.keys.set(address(9), key('new'))
  runner.answers.delete(address(1))
  await hosts.refreshHost({ project, id })
  expect((await bench.settled(project, id)).state).toBe('unreachable')
  await expect(accept(through, key('guessed'))).rejects.toMatchObject({
    code: 'Conflict',
    message: expect.stringContaining(fingerprintOf([key('new')])),
  })
  expect(await credentials.getCredential({ project, id: through })).toEqual(before)

  runner.answers.set(address(1), { resultJson: factsOf() })
  expect(await accept(through, key('new'))).toMatchObject({ jumpHostKey: fingerprintOf([key('new')]) })
  expect((await bench.settled(project, id)).state).toBe('ready')
  expect(runner.started.at(-1)?.targets[0]?.jump?.hostKeys).toEqual([key('new')])
  await expect(accept(credential, key('new'))).rejects.toThrow('has no jump host')
  await expect(
    credentials.acceptJumpHostKey({ project: uuidv7(), id: through, fingerprint: 'x' }),
  ).rejects.toMatchObject({ code: 'NotFound' })
})
