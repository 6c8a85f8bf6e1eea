import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { placeOf } from '../../src/host/address.ts'
import { type Bench, openBench } from './bench.ts'

const COUNT = 10_000
const project = uuidv7()
let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  const { id: credential } = await bench.credentials.createCredential({
    ...{ project, name: 'login', user: 'root', kind: 'password', password: 'sesame' },
    ...{ privateKey: '', passphrase: '', sudoPassword: '', jumpHost: undefined },
  })
  const address = (at: number) => `10.40.${at >> 8}.${at & 255}`
  await bench.deps.db.host.createMany({
    data: Array.from({ length: COUNT }, (_, at) => ({
      ...{
        id: uuidv7(),
        project,
        name: `web-${String(at).padStart(5, '0')}`,
        address: address(at),
        port: 22,
      },
      ...{ place: placeOf(address(at), 22), credential, profile: '', stateReason: '', version: 1 },
      tags: at % 10 === 0 ? ['tenth', 'all'] : ['all'],
      state: at % 100 === 0 ? 'unreachable' : 'ready',
      cluster: at < 30 ? 'c1' : null,
      facts: { platform: 'debian-12', cpus: 2 },
      createdAt: new Date(),
    })),
  })
  await bench.deps.db.$executeRaw`ANALYZE host`
})
afterAll(() => bench.close())

const request = {
  project,
  pageSize: 0,
  pageToken: '',
  state: '',
  tag: '',
  cluster: '',
  search: '',
  orderBy: '',
}

/** All names, page by page. */
async function walk(more: Partial<typeof request>): Promise<string[]> {
  const names: string[] = []
  let pageToken = ''
  do {
    const page = await bench.hosts.listHosts({ ...request, ...more, pageToken })
    names.push(...page.hosts.map(({ name }) => name))
    pageToken = page.nextPageToken
  } while (pageToken)
  return names
}

test('10,000 hosts are walked page by page, each once, in any order', async () => {
  const byName = await walk({ pageSize: 500 })
  expect(byName).toHaveLength(COUNT)
  expect(new Set(byName).size).toBe(COUNT)
  expect(byName).toEqual([...byName].sort())
  expect(await walk({ pageSize: 500, orderBy: '-address' })).toEqual([...byName].reverse())
})

test.each([
  ['the first page', {}],
  ['a page by address from behind', { orderBy: '-address' }],
  ['a state', { state: 'unreachable' }],
  ['a tag', { tag: 'tenth' }],
  ['a cluster', { cluster: 'c1' }],
  ['a part of the name', { search: '0999' }],
  ['a part of the address', { search: '40.39.' }],
])('%s of 10,000 hosts is found', async (_, more) => {
  const { hosts } = await bench.hosts.listHosts({ ...request, ...more })
  expect(hosts.length).toBeGreaterThan(0)
})

test('filters meet, and what a person types into the search is no pattern', async () => {
  expect(await walk({ state: 'unreachable', tag: 'tenth', cluster: 'c1' })).toEqual(['web-00000'])
  expect(await walk({ search: 'WEB-00042' })).toEqual(['web-00042'])
  expect(await walk({ search: '%' })).toEqual([])
  expect(await walk({ search: 'web_0' })).toEqual([])
})

test.each([
  'nonsense',
  Buffer.from('["place","1"]').toString('base64url'),
  Buffer.from('["name",5]').toString('base64url'),
])('the page token %s is refused', async (pageToken) => {
  const refused = bench.hosts.listHosts({ ...request, pageToken })
  await expect(refused).rejects.toMatchObject({ code: 'Invalid', problems: [{ field: 'pageToken' }] })
})

test('a zero byte in a filter is refused by field', async () => {
  const refused = bench.hosts.listHosts({ ...request, search: 'a\0b' })
  await expect(refused).rejects.toMatchObject({ code: 'Invalid', problems: [{ field: 'search' }] })
})
