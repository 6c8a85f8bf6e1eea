import { expect, test } from 'vitest'
import { currentTraceId, currentTraceparent, withTrace } from './context.ts'
import { createLog } from './log.ts'
import { beginSpan, inSpan } from './span.ts'
import { startTracing } from './start.ts'

const call = { service: 'nobody', name: 'a call', kind: 'server' } as const

test('without a collector a trace has its number all the same, and passes through stored work', async () => {
  await startTracing('nobody', undefined, createLog('nobody', 'silent'))
  const [number, stored] = await inSpan(call, async () => [currentTraceId(), currentTraceparent()])
  expect(number).toMatch(/^[\da-f]{32}$/)
  expect(stored).toMatch(new RegExp(`^00-${number}-[\\da-f]{16}-00$`))
  expect(currentTraceId()).toBeUndefined()
  const later = await withTrace(stored, () =>
    inSpan({ service: 'nobody', name: 'a step' }, async () => currentTraceId()),
  )
  expect(later).toBe(number)
  const other = await inSpan(call, async () => currentTraceId())
  expect(other).not.toBe(number)
})

test('without a collector a span costs next to nothing', async () => {
  await startTracing('nobody', undefined, createLog('nobody', 'silent'))
  const spans = 20_000
  const began = performance.now()
  for (let made = 0; made < spans; made++) beginSpan({ service: 'nobody', name: 'a task' }).end()
  expect((performance.now() - began) / spans).toBeLessThan(0.05)
})

test('a service whose collector is away works on and stops in seconds', async () => {
  const said: string[] = []
  const log = createLog('lonely', 'silent')
  log.warn = ((_: unknown, message: string) => void said.push(message)) as typeof log.warn
  const stop = await startTracing('lonely', 'http://127.0.0.1:1', log)
  expect(await inSpan({ ...call, service: 'lonely' }, async () => 'done')).toBe('done')
  const began = performance.now()
  await stop()
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(said).toEqual(['spans are lost: the collector does not take them'])
})
