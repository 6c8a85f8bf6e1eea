import { isSlipwayError } from '@slipway/errors'
import { expect, test } from 'vitest'
import { agree } from './agree.ts'
import { parseRange } from './network/range.ts'
import type { HostWish, LabWish } from './wish.ts'

const range = parseRange('10.78.0.0/24') ?? { start: 0, prefix: 0 }
const wish = (...hosts: HostWish[]): LabWish => ({ name: 'one', dir: '/data/one', cacheDir: '/cache', hosts })

test('hosts without an address get the next free ones, around those that are given', () => {
  const lab = agree(
    wish({ name: 'a' }, { name: 'b', address: '10.78.0.11' }, { name: 'c' }),
    undefined,
    range,
  )
  const addresses = Object.fromEntries(lab.hosts.map(({ name, address }) => [name, address]))
  expect(addresses).toEqual({ a: '10.78.0.12', b: '10.78.0.11', c: '10.78.0.13' })
  expect(lab.gateway).toBe('10.78.0.1')
})

test('the same wish again agrees on the same lab, and keeps a closed gate closed', () => {
  const first = agree(wish({ name: 'a', user: 'admin', sudo: 'password' }), undefined, range)
  const closed = { ...first, egress: { mode: 'closed' as const, allow: [] } }
  expect(agree(wish({ name: 'a' }), closed, range)).toEqual(closed)
})

test('a wish for more hosts adds them and leaves the others', () => {
  const first = agree(wish({ name: 'a' }), undefined, range)
  expect(agree(wish({ name: 'b' }), first, range).hosts.map(({ name }) => name)).toEqual(['a', 'b'])
})

test('all that can not be is said together', () => {
  const first = agree(wish({ name: 'a' }), undefined, range)
  const hosts: HostWish[] = [
    { name: 'a', user: 'admin', os: 'debian-13' },
    { name: 'b', address: '10.78.0.11' },
    { name: 'c', address: '10.79.0.5' },
  ]
  expect(problemFields(() => agree(wish(...hosts), first, range)).sort()).toEqual([
    'hosts[0].os',
    'hosts[0].user',
    'hosts[1].address',
    'hosts[2].address',
  ])
})

test('a lab does not change its network while it is up', () => {
  const first = agree(wish({ name: 'a' }), undefined, range)
  const other = parseRange('10.79.0.0/24') ?? range
  expect(problemFields(() => agree(wish({ name: 'a' }), first, other))).toEqual(['network'])
})

function problemFields(work: () => unknown): string[] {
  try {
    work()
  } catch (error) {
    if (isSlipwayError(error)) return error.problems.map(({ field }) => field)
  }
  return []
}
