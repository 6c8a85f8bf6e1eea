import { expect, test } from 'vitest'
import { type LabWish, wishProblems } from './wish.ts'

const good: LabWish = {
  name: 'demo',
  dir: '/data',
  cacheDir: '/cache',
  hosts: [{ name: 'cp1' }, { name: 'w-1' }],
}

test('a plain wish has no problems', () => {
  expect(wishProblems(good)).toEqual([])
})

test.each([
  ['name', { ...good, name: 'a--b' }],
  ['name', { ...good, name: 'x'.repeat(300) }],
  ['dir', { ...good, dir: 'relative' }],
  ['network', { ...good, network: '10.78.0.0/30' }],
  ['network', { ...good, network: 'nonsense' }],
  ['hosts[1].name', { ...good, hosts: [{ name: 'a' }, { name: 'a' }] }],
  ['hosts[0].name', { ...good, hosts: [{ name: '../../etc' }] }],
  ['hosts[0].user', { ...good, hosts: [{ name: 'a', user: 'root\n' }] }],
  ['hosts[0].firewall', { ...good, hosts: [{ name: 'a', firewall: 'pf' as 'ufw' }] }],
  ['hosts[0].os', { ...good, hosts: [{ name: 'a', os: 'ubuntu' as 'debian-12' }] }],
] as const)('%s is refused by its name, with a way out', (field, wish) => {
  const problems = wishProblems(wish)
  expect(problems.map((problem) => problem.field)).toEqual([field])
  expect(problems[0]?.hint).not.toBe('')
})
