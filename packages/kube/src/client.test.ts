import { expect, test } from 'vitest'
import { asking, statusDetails } from './client.ts'

function answer(body: unknown, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error('HTTP-Code: 429'), { code: 429, body, headers })
}

test('how long the API server wants us to wait is read from what it says, or from its header', () => {
  const status = {
    message: 'busy',
    details: { retryAfterSeconds: 7, causes: [{ reason: 'DisruptionBudget' }] },
  }
  const told = { said: 'busy', causes: ['DisruptionBudget'], retryAfter: 7 }
  expect(statusDetails(answer(JSON.stringify(status)))).toEqual(told)
  expect(statusDetails(answer(status, { 'retry-after': '1' }))).toEqual(told)
  const short = { said: 'busy', causes: [], retryAfter: 3 }
  expect(statusDetails(answer({ message: 'busy' }, { 'retry-after': '3' }))).toEqual(short)
})

test('an answer that no API server gave is shown as it is', () => {
  const told = { said: '<html>bad gateway</html>', causes: [], retryAfter: 0 }
  expect(statusDetails(answer('<html>bad gateway</html>'))).toEqual(told)
  expect(statusDetails(new Error('no answer'))).toEqual({ ...told, said: '' })
})

test('a call that the deadline cut may succeed later: it was not answered', async () => {
  const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError')
  await expect(asking('labelling node n-1', () => Promise.reject(late))).rejects.toMatchObject({
    code: 'Unavailable',
    message: 'labelling node n-1 failed: The operation was aborted due to timeout',
  })
})
