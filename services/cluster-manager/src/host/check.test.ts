import { expect, test } from 'vitest'
import { checkHosts, refusal } from './check.ts'

const known = {
  project: 'p1',
  own: new Set(['10.0.0.1']),
  profiles: new Map([['lab', {}]]),
  credentials: new Map([['login', 'c1']]),
  taken: [
    { project: 'p1', name: 'db-1', address: '10.0.0.5', port: 22 },
    { project: 'p2', name: 'web-1', address: '10.0.0.6', port: 22 },
  ],
}
const good = { name: 'web-1', address: '10.0.0.2', port: 22, credential: 'login', profile: '', tags: [] }
const fieldsOf = (more: Partial<typeof good> | { tags: string[] }) =>
  checkHosts([{ ...good, ...more }], known)[0]?.map(({ field, clash }) =>
    clash ? `${field} clashes` : field,
  )

test.each([
  ['a good one', {}, []],
  ['a profile of the install', { profile: 'lab' }, []],
  ['a name that another project has', { name: 'web-1' }, []],
  ['another port of a known address', { address: '10.0.0.5', port: 2222 }, []],
  ['a long name', { name: 'a'.repeat(64) }, ['name']],
  ['a name with a control character', { name: 'web\u0007' }, ['name']],
  ['an own address', { address: '10.0.0.1' }, ['address']],
  ['port 0', { port: 0 }, ['port']],
  ['an unknown credential', { credential: 'x' }, ['credential']],
  ['an unknown profile', { profile: 'moon' }, ['profile']],
  ['a tag with a line end', { tags: ['a\nb'] }, ['tags']],
  ['65 tags', { tags: Array.from({ length: 65 }, String) }, ['tags']],
  ['a taken name', { name: 'db-1' }, ['name clashes']],
  ['a taken place', { address: '10.0.0.5' }, ['address clashes']],
  ['an address of another project, at any port', { address: '10.0.0.6', port: 9 }, ['address clashes']],
])('of %s', (_, more, fields) => expect(fieldsOf(more)).toEqual(fields))

test('of two like hosts the second clashes, unless the first has a problem itself', () => {
  const counts = (first: object) =>
    checkHosts([{ ...good, ...first }, good], known).map(({ length }) => length)
  expect(counts({})).toEqual([0, 2])
  expect(counts({ port: 0 })).toEqual([1, 0])
})

test('only clashes are a Conflict; with anything else it is Invalid with all of it', () => {
  const [clash = []] = checkHosts([{ ...good, name: 'db-1' }], known)
  expect(refusal(clash)).toMatchObject({ code: 'Conflict', problems: [{ field: 'name' }] })
  const [both = []] = checkHosts([{ ...good, name: 'db-1', port: 0 }], known)
  expect(refusal(both)).toMatchObject({ code: 'Invalid', problems: [{ field: 'port' }, { field: 'name' }] })
})
