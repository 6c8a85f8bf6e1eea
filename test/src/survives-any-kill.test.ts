import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { clear, draw, openSite, play, type Site, targets } from './chaos/index.ts'

const world = inject('world')
let site: Site

beforeAll(async () => {
  site = await openSite(world, { as: 'separate', hosts: ['b-1', 'b-2'] })
})

afterAll(async () => {
  if (site) await clear(site).finally(site.close)
})

// kubeadm init loses its playbook, a drain PostgreSQL, a delete everything at once; `node bench/chaos/main.ts` plays any seed.
const seeds = [321, 98, 183]

describe('whatever dies at whatever moment', () => {
  test.for(seeds.map(draw))(
    '$operation ends as it should although $target dies: seed $seed',
    async (drawn) => {
      const played = await play(site, drawn, { cutMs: 60_000 })
      expect(played.problems, played.result).toEqual([])
      expect(played.result).not.toContain('before the fault')
    },
  )

  test('a seed is the same fault each time, and few leave no target out', () => {
    const some = Array.from({ length: 2 * targets.length }, (_, seed) => seed)
    expect(some.map(draw)).toEqual(some.map(draw))
    expect(new Set(some.slice(targets.length).map((seed) => draw(seed).target))).toEqual(new Set(targets))
    expect(new Set(some.map((seed) => draw(seed).moment.delayMs)).size).toBeGreaterThan(targets.length)
  })
})
