import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { claimHosts, releaseHosts } from '../../src/host/claim.ts'
import { inTransaction } from '../../src/store.ts'
import { type Bench, openBench } from './bench.ts'

// No worker runs here: hosts stay `gathering`, and what is tested does not mind.
let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

let project: string
let credential: string
let subnet = 0
const address = (last: number) => `10.30.${subnet}.${last}`
const newCredential = (of: string) =>
  bench.credentials.createCredential({
    ...{ project: of, name: 'login', user: 'root', kind: 'password', password: 'sesame' },
    ...{ privateKey: '', passphrase: '', sudoPassword: '', jumpHost: undefined },
  })
beforeEach(async () => {
  project = uuidv7()
  subnet++
  credential = (await newCredential(project)).id
})
const wish = (name: string, more = {}) => ({
  ...{ project, name, address: address(1), port: 22, credential, profile: '', tags: [] as string[] },
  ...more,
})
const nothing = {
  ...{ name: undefined, address: undefined, port: undefined, credential: undefined, tags: undefined },
  version: 0,
}

test('all problems of a new host come together, each with its field', async () => {
  const bad = wish('Web_1', { address: '10.9.0.1', port: 70_000, credential: 'nobody', profile: 'moon' })
  const error = await bench.hosts.createHost(bad).catch((thrown) => thrown)
  expect(error.code).toBe('Invalid')
  expect(error.problems.map(({ field }: { field: string }) => field)).toEqual([
    ...['name', 'address', 'port', 'credential', 'profile'],
  ])
  expect(error.problems[4].hint).toContain('lab')
})

test('names and addresses are taken once, and another project is not named', async () => {
  await bench.hosts.createHost(wish('web-1'))
  const twice = bench.hosts.createHost(wish('web-1', { address: address(2) }))
  await expect(twice).rejects.toMatchObject({ code: 'Conflict' })
  await expect(bench.hosts.createHost(wish('web-2'))).rejects.toMatchObject({ code: 'Conflict' })
  expect(await bench.hosts.createHost(wish('web-2', { port: 2222 }))).toMatchObject({ port: 2222 })
  const other = uuidv7()
  const theirs = (await newCredential(other)).id
  const error = await bench.hosts
    .createHost(wish('web-9', { project: other, credential: theirs, port: 2200 }))
    .catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'Conflict', problems: [{ field: 'address' }] })
  expect(JSON.stringify(error.problems)).not.toContain(project)
})

test('of twenty hosts with one address that are added at once, one is', async () => {
  const all = await Promise.allSettled(
    Array.from({ length: 20 }, (_, at) => bench.hosts.createHost(wish(`web-${at}`))),
  )
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refused = all.filter((one) => one.status === 'rejected').map(({ reason }) => reason.code)
  expect(new Set(refused)).toEqual(new Set(['Conflict']))
})

test('a credential or a host of another project is not there', async () => {
  const { id } = await bench.hosts.createHost(wish('web-1'))
  const other = uuidv7()
  const foreign = { project: other, id }
  await expect(bench.hosts.getHost(foreign)).rejects.toMatchObject({ code: 'NotFound' })
  await expect(bench.hosts.refreshHost(foreign)).rejects.toMatchObject({ code: 'NotFound' })
  await expect(bench.hosts.deleteHost(foreign)).rejects.toMatchObject({ code: 'NotFound' })
  await expect(bench.hosts.updateHost({ ...foreign, ...nothing })).rejects.toMatchObject({ code: 'NotFound' })
  await expect(bench.credentials.getCredential({ project: other, id: credential })).rejects.toMatchObject({
    code: 'NotFound',
  })
  const own = bench.hosts.createHost(wish('web-2', { project: other, address: address(7) }))
  await expect(own).rejects.toMatchObject({ code: 'Invalid', problems: [{ field: 'credential' }] })
})

test('a change rests on a version, and a new address is gathered again with the pinned key kept', async () => {
  const { id, version } = await bench.hosts.createHost(wish('web-1'))
  const tagged = await bench.hosts.updateHost({
    ...nothing,
    project,
    id,
    version,
    tags: { values: ['a', 'b', 'a'] },
  })
  expect(tagged).toMatchObject({ tags: ['a', 'b'], version: 2 })
  const stale = bench.hosts.updateHost({ ...nothing, project, id, version, name: 'web-2' })
  await expect(stale).rejects.toMatchObject({ code: 'Conflict', problems: [{ field: 'version' }] })
  const moved = await bench.hosts.updateHost({ ...nothing, project, id, address: address(2) })
  expect(moved).toMatchObject({ address: address(2), state: 'gathering', version: 4 })
  const own = bench.hosts.updateHost({ ...nothing, project, id, address: '10.9.0.1' })
  await expect(own).rejects.toMatchObject({ code: 'Invalid', problems: [{ field: 'address' }] })
})

test('a host of a cluster keeps name and address, is not deleted, and no other cluster gets it', async () => {
  const { db } = bench.deps
  const { id } = await bench.hosts.createHost(wish('web-1'))
  const { id: free } = await bench.hosts.createHost(wish('web-2', { address: address(2) }))
  const now = new Date()
  const claim = (cluster: string, hosts: string[]) =>
    inTransaction(db, (tx) => claimHosts(tx, { project, cluster, hosts, now }))
  expect(await claim('c1', [id])).toMatchObject([{ cluster: 'c1', version: 2 }])
  expect(await claim('c1', [id])).toMatchObject([{ cluster: 'c1', version: 2 }])
  await expect(claim('c2', [free, id])).rejects.toMatchObject({
    code: 'Conflict',
    problems: [{ field: 'host web-1' }],
  })
  expect((await bench.hosts.getHost({ project, id: free })).cluster).toBe('')
  await expect(claim('c1', [uuidv7()])).rejects.toMatchObject({ code: 'NotFound' })
  const renamed = bench.hosts.updateHost({ ...nothing, project, id, name: 'web-9' })
  await expect(renamed).rejects.toMatchObject({ code: 'Conflict', problems: [{ field: 'name' }] })
  await expect(bench.hosts.deleteHost({ project, id })).rejects.toMatchObject({ code: 'Conflict' })
  const release = { project, cluster: 'c1', hosts: [id], now, ranges: [], isLeft: () => false }
  await inTransaction(db, (tx) => releaseHosts(tx, release))
  await bench.hosts.deleteHost({ project, id })
  const events = await bench.eventsUntil(project, id, (fact) => fact === 'deleted')
  expect(events).toEqual(['created 1', 'updated 2', 'updated 3', 'deleted 4'])
})

test('a credential in use stays, one without use goes', async () => {
  const { id } = await bench.hosts.createHost(wish('web-1'))
  const inUse = bench.credentials.deleteCredential({ project, id: credential })
  await expect(inUse).rejects.toMatchObject({ code: 'Conflict', message: expect.stringContaining('web-1') })
  await bench.hosts.deleteHost({ project, id })
  await bench.credentials.deleteCredential({ project, id: credential })
  const { credentials } = await bench.credentials.listCredentials({ project, pageSize: 0, pageToken: '' })
  expect(credentials).toEqual([])
})

test('names of credentials are taken once, and no answer holds a secret', async () => {
  await expect(newCredential(project)).rejects.toMatchObject({
    code: 'Conflict',
    problems: [{ field: 'name' }],
  })
  const shown = await bench.credentials.getCredential({ project, id: credential })
  expect(JSON.stringify(shown)).not.toMatch(/sesame|v1\./)
  const stored = await bench.deps.db.credential.findFirst({ where: { id: credential } })
  expect(JSON.stringify(stored)).not.toContain('sesame')
})

test('all problems of a credential come together', async () => {
  const error = await bench.credentials
    .createCredential({
      ...{ project, name: 'bad', user: 'root', kind: 'private-key', password: 'x', privateKey: 'nonsense' },
      ...{
        passphrase: '',
        sudoPassword: 'a\nb',
        jumpHost: { address: '127.0.0.1', port: 0, credential: 'x' },
      },
    })
    .catch((thrown) => thrown)
  expect(error.code).toBe('Invalid')
  expect(error.problems.map(({ field }: { field: string }) => field)).toEqual([
    ...['password', 'privateKey', 'sudoPassword', 'jumpHost.address', 'jumpHost.credential'],
  ])
})
