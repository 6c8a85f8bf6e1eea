import { expect, test } from 'vitest'
import { type Heard, type Member, type Person, rightLost } from './asker.ts'

const unheard: Heard = { person: undefined, member: undefined }
const person = (change: Partial<Person> = {}): Person => ({
  ...{ id: 'u1', name: 'ada', administrator: false, enabled: true, ...change },
})
const member = (role: Member['role']): Member => ({ project: 'p1', person: 'u1', name: 'ada', role })
const lost = (as: 'administrator' | 'operator' | undefined, heard: Partial<Heard>) =>
  rightLost({ id: 'u1', as }, { ...unheard, ...heard }, 'operator')

test('what was true at the asking holds while nothing is heard', () => {
  for (const as of ['administrator', 'operator', undefined] as const) expect(lost(as, {})).toBeUndefined()
  expect(lost('operator', { person: person() })).toBeUndefined()
  expect(lost('operator', { member: member('operator') })).toBeUndefined()
})

test('who is disabled may do nothing, an administrator either', () => {
  for (const as of ['administrator', 'operator', undefined] as const) {
    const heard = { person: person({ enabled: false, administrator: true }), member: member('operator') }
    expect(lost(as, heard)).toBe('ada is disabled.')
  }
})

test('who left the project or has too small a role there is refused by name', () => {
  for (const as of ['operator', undefined] as const) {
    expect(lost(as, { member: member('') })).toBe('ada is no member of this project any more.')
    expect(lost(as, { member: member('viewer') })).toBe(
      'ada is viewer in this project now, and it takes the role operator.',
    )
  }
})

test('an administrator needs no membership, until it is heard that the person is none any more', () => {
  expect(lost('administrator', { member: member('viewer') })).toBeUndefined()
  expect(
    lost('administrator', { member: member(''), person: person({ administrator: true }) }),
  ).toBeUndefined()
  expect(lost('operator', { member: member(''), person: person({ administrator: true }) })).toBeUndefined()
  const demoted = { person: person() }
  expect(lost('administrator', demoted)).toBe(
    'ada is no administrator any more and no member of this project.',
  )
  expect(lost('administrator', { ...demoted, member: member('operator') })).toBeUndefined()
})
