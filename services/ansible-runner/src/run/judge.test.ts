import { expect, test } from 'vitest'
import type { Event } from '../playbook/event.ts'
import { judge, type Reason } from './judge.ts'
import { emptyTally, hear } from './tally.ts'

const KEY = 'ssh-ed25519 AAAA'
const AT = new Date('2026-01-31T12:00:00.500Z')
const targets = [
  { name: 'web-1', hostKeys: [KEY], jump: undefined },
  { name: 'web-2', hostKeys: [], jump: undefined },
]
type HostEvent = Extract<Event, { type: 'host' }>
const host = (state: HostEvent['state'], more: Partial<HostEvent> = {}): Event => ({
  type: 'host',
  host: 'web-1',
  task: 'A task',
  state,
  seconds: 0,
  lines: [],
  ...more,
})
const counts = { ok: 0, changed: 0, failures: 0, unreachable: 0, rescued: 0 }
const stats = (more: Partial<typeof counts>): Event => ({
  type: 'stats',
  hosts: { 'web-1': { ...counts, ...more } },
})
const end = (exit_code: number, presented = {}): Event => ({ type: 'end', exit_code, presented })

function judged(events: Event[], reason?: Reason) {
  const tally = emptyTally(targets.map(({ name }) => name))
  for (const event of events) hear(tally, event, AT)
  const ending = { exitCode: 0, signal: undefined, stdout: '', stderr: '', cause: 'exit' as const }
  return judge({ ending, reason, deadlineSeconds: 60 }, tally, targets)
}

test('a failure that was rescued is none', () => {
  const events = [host('failed', { message: 'rescued' }), host('ok'), stats({ ok: 1, rescued: 1 }), end(0)]
  expect(judged(events)).toMatchObject({ state: 'succeeded', hosts: [{ ok: 1, failed: 0 }, { ok: 0 }] })
})

test('of several failures the first that nobody rescued is told', () => {
  const events = ['rescued', 'the cause', 'cleaning up'].map((message) => host('failed', { message }))
  const { failure } = judged([...events, stats({ failures: 2, rescued: 1 }), end(2)])
  expect(failure).toMatchObject({
    code: 'Precondition',
    message: 'the cause',
    host: 'web-1',
    retryable: false,
  })
})

test('a host that is lost on the way is worth another try, even when ssh says it was not let in again', () => {
  const lost = host('unreachable', { message: 'node@10.0.0.1: Permission denied (publickey).' })
  const { failure, hosts } = judged([
    host('ok'),
    lost,
    stats({ ok: 1, unreachable: 1 }),
    end(4, { 'web-1': KEY }),
  ])
  expect(failure).toMatchObject({ code: 'Unavailable', retryable: true })
  expect(hosts[0]).toMatchObject({ unreachable: true, presentedHostKey: '' })
})

test('what a host gave back is answered with the time at which it came', () => {
  const { hosts } = judged([host('ok', { result: { epoch: 1 } }), stats({ ok: 1 }), end(0)])
  expect(hosts[0]).toMatchObject({ resultJson: '{"epoch":1}', resultAt: '2026-01-31T12:00:00.500Z' })
  expect(hosts[1]).toMatchObject({ resultJson: '', resultAt: '' })
})

test('a key that was not known yet is answered', () => {
  expect(judged([stats({}), end(0, { 'web-2': KEY })]).hosts[1]).toMatchObject({ presentedHostKey: KEY })
})

test('a cancelled run is cancelled, whatever failed while it ended', () => {
  expect(judged([host('failed', { message: 'interrupted' })], 'cancelled')).toMatchObject({
    state: 'cancelled',
    failure: undefined,
  })
})
