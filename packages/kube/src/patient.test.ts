import { precondition, unavailable } from '@slipway/errors'
import { expect, test } from 'vitest'
import { patient } from './patient.ts'

const away = unavailable('API server', 'away', 'wait')

test('an API server may be away for a minute at a time', async () => {
  let second = 0
  let answer: Error | string = away
  const look = patient(
    async () => {
      if (answer instanceof Error) throw answer
      return answer
    },
    () => new Date(second * 1000),
  )
  expect(await look()).toBeUndefined()
  second = 59
  expect(await look()).toBeUndefined()
  answer = 'here'
  expect(await look()).toBe('here')
  answer = away
  second = 100
  expect(await look()).toBeUndefined()
  second = 161
  await expect(look()).rejects.toBe(away)
})

test('what no waiting helps is thrown at once', async () => {
  const wrong = precondition([{ field: 'pod', message: 'is wrong', hint: 'correct it' }])
  await expect(
    patient(
      () => Promise.reject(wrong),
      () => new Date(),
    )(),
  ).rejects.toBe(wrong)
})
