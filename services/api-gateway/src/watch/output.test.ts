import { Operation, Step } from '@slipway/contracts/operation/v1/operation'
import { expect, test } from 'vitest'
import { runOf, runsOf } from './output.ts'

const step = (name: string, run: string, attempt: number) => Step.fromPartial({ name, run, attempt })
const operation = Operation.fromPartial({
  id: 'o1',
  steps: [step('prepare', 'o1.prepare.3', 3), step('note', '', 1), step('join', 'o1.join.1', 1)],
})

test('output is of every attempt of the steps, in their order', () => {
  expect(runsOf(operation, '')).toEqual(['o1.prepare.1', 'o1.prepare.2', 'o1.prepare.3', 'o1.join.1'])
  expect(runsOf(operation, 'join')).toEqual(['o1.join.1'])
  expect(runsOf(operation, 'note')).toEqual([])
})

test('a step that is none is refused', () => {
  expect(() => runsOf(operation, 'none')).toThrow('none is not a step of it')
})

test('a run that is none of it is refused, so that nobody reads what another operation said', () => {
  expect(runOf(operation, '', 'o1.prepare.2')).toBe('o1.prepare.2')
  expect(() => runOf(operation, 'join', 'o1.prepare.2')).toThrow('o1.prepare.2 is not a run of it')
  expect(() => runOf(operation, '', 'o2.prepare.1')).toThrow('o2.prepare.1 is not a run of it')
})
