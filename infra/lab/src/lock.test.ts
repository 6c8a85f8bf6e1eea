import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { tryLock, withLock } from './lock.ts'

test('work under one key runs one after the other, whoever asked first', async () => {
  const key = randomUUID()
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setImmediate(resolve))
    inside--
  }
  await Promise.all(Array.from({ length: 8 }, () => withLock(key, work)))
  expect(most).toBe(1)
})

test('a failure frees the lock and is passed on', async () => {
  const key = randomUUID()
  const fails = withLock(key, () => Promise.reject(new Error('no')))
  await expect(fails).rejects.toThrow('no')
  await expect(withLock(key, async () => 'free')).resolves.toBe('free')
})

test('a wait can be called off', async () => {
  const key = randomUUID()
  const stop = new AbortController()
  await withLock(key, async () => {
    const waits = withLock(key, async () => 'never', stop.signal)
    stop.abort()
    await expect(waits).rejects.toThrow()
  })
})

test('who will not wait is told at once', async () => {
  const key = randomUUID()
  const release = await tryLock(key)
  await expect(tryLock(key)).resolves.toBeUndefined()
  await release?.()
  await expect(withLock(key, async () => 'free')).resolves.toBe('free')
})
