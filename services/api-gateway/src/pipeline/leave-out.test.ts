import { expect, test } from 'vitest'
import { leaveOut } from './leave-out.ts'

const request = { name: 'x', spec: { nodes: [{ host: 7, role: 'worker' }, 'none'], sizes: [1, 'two'] } }

test('what stands in a list is blanked, so that the others keep their places', () => {
  const rest = leaveOut(request, [
    { path: ['name'], blank: '' },
    { path: ['spec', 'nodes', '0', 'host'], blank: '' },
    { path: ['spec', 'nodes', '1'], blank: {} },
    { path: ['spec', 'sizes', '1'], blank: 0 },
  ])
  expect(rest).toEqual({ spec: { nodes: [{ role: 'worker' }, {}], sizes: [1, 0] } })
  expect(request.spec.nodes[0]).toEqual({ host: 7, role: 'worker' })
})

test('what stands in something that was left out needs no second look, a request that is wrong as a whole is not looked at', () => {
  const twice = [
    { path: ['spec'], blank: {} },
    { path: ['spec', 'nodes', '0', 'host'], blank: '' },
    { path: ['__proto__', 'toString'], blank: '' },
  ]
  expect(leaveOut(request, twice)).toEqual({ name: 'x' })
  expect(typeof {}.toString).toBe('function')
  expect(leaveOut(request, [{ path: [], blank: {} }])).toBeUndefined()
})
