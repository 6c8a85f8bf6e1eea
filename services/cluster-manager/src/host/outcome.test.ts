import { expect, test } from 'vitest'
import type { Facts } from './facts.ts'
import { outcomeOf } from './outcome.ts'

const facts = { platform: 'debian-12', sudoProblem: '' } as Facts
const nothing = { presentedHostKeys: [], facts: undefined, message: '' }

test.each([
  ['answers for the first time', [], { ...nothing, presentedHostKeys: ['a'], facts }, 'ready', ['a'], []],
  ['answers again', ['a'], { ...nothing, facts }, 'ready', ['a'], []],
  [
    'answers with the pinned key',
    ['a', 'b'],
    { ...nothing, presentedHostKeys: ['b'], facts },
    'ready',
    ['a', 'b'],
    [],
  ],
  ['shows another key', ['a'], { ...nothing, presentedHostKeys: ['c'] }, 'host-key-changed', ['a'], ['c']],
  [
    'shows another key and answers',
    ['a'],
    { ...nothing, presentedHostKeys: ['c'], facts },
    'host-key-changed',
    ['a'],
    ['c'],
  ],
  ['refuses the first login', [], { ...nothing, presentedHostKeys: ['a'] }, 'unreachable', ['a'], []],
  ['is away', ['a'], nothing, 'unreachable', ['a'], []],
])('a host that %s', (_, hostKeys, answer, state, pinned, presented) => {
  expect(outcomeOf({ hostKeys }, answer)).toMatchObject({
    state,
    hostKeys: pinned,
    presentedHostKeys: presented,
  })
})

test('facts that came with another key are not believed', () => {
  expect(
    outcomeOf({ hostKeys: ['a'] }, { ...nothing, presentedHostKeys: ['c'], facts }).facts,
  ).toBeUndefined()
})

test("why a host is unreachable is said in the run's words", () => {
  const { stateReason } = outcomeOf({ hostKeys: [] }, { ...nothing, message: 'Missing sudo password' })
  expect(stateReason).toBe('Missing sudo password')
})

test('a host that answers without sudo is ready, and says so', () => {
  const answer = { ...nothing, facts: { ...facts, sudoProblem: 'Missing sudo password' } }
  expect(outcomeOf({ hostKeys: ['a'] }, answer)).toMatchObject({
    ...{ state: 'ready', stateReason: expect.stringContaining('Missing sudo password') },
  })
})
