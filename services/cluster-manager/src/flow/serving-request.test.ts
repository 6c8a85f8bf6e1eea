import { expect, test } from 'vitest'
import { isOurs } from './serving-request.ts'

const places = [
  { node: { name: 'a' }, host: { address: '10.0.0.1' } },
  { node: { name: 'b' }, host: { address: '10.0.0.2' } },
]
const good = {
  name: 'csr-1',
  requester: 'system:node:a',
  names: ['a'],
  addresses: ['10.0.0.1'],
  settled: false,
}

test('a node gets a serving certificate for its own name and address', () => {
  expect(isOurs(good, places)).toBe(true)
  expect(isOurs({ ...good, names: [] }, places)).toBe(true)
})

test.each([
  ['a name of another node', { names: ['a', 'b'] }],
  ['an address of another node', { addresses: ['10.0.0.1', '10.0.0.2'] }],
  ['the name of the API server', { names: ['kubernetes.default.svc'] }],
  ['nothing at all', { names: [], addresses: [] }],
  ['a stranger', { requester: 'system:node:z', names: ['z'], addresses: [] }],
  ['somebody who is no node', { requester: 'a' }],
])('%s is refused', (_, wrong) => {
  expect(isOurs({ ...good, ...wrong }, places)).toBe(false)
})
