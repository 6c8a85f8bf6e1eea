import { methods } from '@slipway/contracts'
import { notFound } from '@slipway/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApiGateway } from '../src/service.ts'
import { actOperation } from './acting.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { grpcClient } from './grpc-client.ts'
import { type Heard, listen } from './sse-client.ts'

let gateway: Gateway
let project: string
beforeAll(async () => {
  gateway = await startGateway()
  project = await gateway.project('watched')
})
afterAll(() => gateway.stop())

const WATCH = methods['slipway.operation.v1.OperationService/WatchOperation']
const pathOf = (id: string) => `/projects/${project}/operations/${id}/events`
const versions = (heard: readonly Heard[]) =>
  heard.filter(({ event }) => event === 'operation').map(({ data }) => data.version)
const linesOf = (heard: readonly Heard[], run: string) =>
  heard.filter(({ event, data }) => event === 'line' && data.run === run).map(({ data }) => data.sequence)
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** An operation of two steps that is over. */
async function finished(id: string, lines: number) {
  const acting = await actOperation(gateway, project, id)
  await acting.move('planned', {})
  await acting.move('started', { state: 'running', steps: acting.steps('running') })
  acting.print(`${id}.step-0.1`, lines)
  acting.end(`${id}.step-0.1`)
  await acting.move('step-started', { steps: acting.steps('succeeded', 'running') })
  acting.print(`${id}.step-1.1`, lines)
  acting.end(`${id}.step-1.1`)
  await acting.move('succeeded', { state: 'succeeded', steps: acting.steps('succeeded', 'succeeded') })
  return acting
}

test('an operation that is over is told from the beginning to its end, and the stream ends', async () => {
  const acting = await finished('over', 250)
  const heard = await listen(gateway, pathOf('over'), { token: gateway.admin })
  expect(versions(heard)).toEqual([1, 2, 3, 4])
  expect(linesOf(heard, 'over.step-0.1')).toEqual(upTo(250))
  expect(linesOf(heard, 'over.step-1.1')).toEqual(upTo(250))
  expect(heard.at(-1)?.id).not.toBe('')
  await acting.close()
})

test('a connection that is cut again and again loses no line and doubles none, live', async () => {
  const id = 'cut'
  const acting = await actOperation(gateway, project, id)
  await acting.move('planned', {})
  await acting.move('started', { state: 'running', steps: acting.steps('running', 'running') })
  const all: Heard[] = []
  let cuts = 0
  for (let goal = 150; goal <= 1_500; goal += 150) {
    acting.print(`${id}.step-0.1`, 100)
    acting.print(`${id}.step-1.1`, 100)
    const enough = (heard: readonly Heard[]) => all.length + heard.length >= goal
    all.push(...(await listen(gateway, pathOf(id), { token: gateway.admin, after: all.at(-1)?.id, enough })))
    cuts++
  }
  acting.end(`${id}.step-0.1`)
  acting.end(`${id}.step-1.1`)
  await acting.move('succeeded', { state: 'succeeded', steps: acting.steps('succeeded', 'succeeded') })
  all.push(...(await listen(gateway, pathOf(id), { token: gateway.admin, after: all.at(-1)?.id })))
  expect(cuts).toBe(10)
  expect(versions(all)).toEqual([1, 2, 3])
  expect(linesOf(all, `${id}.step-0.1`)).toEqual(upTo(1_000))
  expect(linesOf(all, `${id}.step-1.1`)).toEqual(upTo(1_000))
  const again = await listen(gateway, pathOf(id), { token: gateway.admin, after: all.at(-1)?.id })
  expect(again).toEqual([])
  await acting.close()
})

test('a runner that restarts in the middle of a run costs no line', async () => {
  const id = 'restart'
  const run = `${id}.step-0.1`
  const acting = await actOperation(gateway, project, id)
  await acting.move('started', { state: 'running', steps: acting.steps('running') })
  acting.print(run, 120)
  let restarted: Promise<void> | undefined
  const enough = (heard: readonly Heard[]) => {
    if (linesOf(heard, run).length === 120 && !restarted) {
      restarted = gateway.behind.restart('ansible-runner').then(async () => {
        acting.print(run, 80)
        acting.end(run)
        await acting.move('succeeded', { state: 'succeeded', steps: acting.steps('succeeded') })
      })
    }
    return false
  }
  const heard = await listen(gateway, pathOf(id), { token: gateway.admin, enough })
  await restarted
  expect(linesOf(heard, run)).toEqual(upTo(200))
  await acting.close()
})

test('a run that the runner does not know yet is asked for again', async () => {
  const id = 'early'
  const run = `${id}.step-0.1`
  const acting = await actOperation(gateway, project, id)
  await acting.move('started', { state: 'running', steps: acting.steps('running') })
  const follow = gateway.behind.answers['slipway.run.v1.RunService/FollowRun']
  let asked = 0
  gateway.behind.answers['slipway.run.v1.RunService/FollowRun'] = (request, call) => {
    if (++asked === 1) throw notFound('run', run)
    acting.print(run, 10)
    acting.end(run)
    void acting.move('succeeded', { state: 'succeeded', steps: acting.steps('succeeded') })
    return follow?.(request, call)
  }
  const heard = await listen(gateway, pathOf(id), { token: gateway.admin })
  expect([asked, linesOf(heard, run)]).toEqual([2, upTo(10)])
  await acting.close()
})

test('an operation that failed and was resumed is followed to its new end', async () => {
  const id = 'resumed'
  const acting = await actOperation(gateway, project, id)
  await acting.move('started', { state: 'running' })
  await acting.move('failed', { state: 'failed' })
  await acting.move('resumed', { state: 'running' })
  let ended: Promise<void> | undefined
  const enough = (heard: readonly Heard[]) => {
    if (versions(heard).length === 3) ended ??= acting.move('succeeded', { state: 'succeeded' })
    return false
  }
  const heard = await listen(gateway, pathOf(id), { token: gateway.admin, enough })
  await ended
  expect(heard.map(({ data }) => data.state)).toEqual(['running', 'failed', 'running', 'succeeded'])
  await acting.close()
})

test('one that is queued is followed while it waits, and on into its run', async () => {
  const id = 'waiting'
  const acting = await actOperation(gateway, project, id)
  await acting.move('queued', { state: 'queued', queuedBehind: 'a', waits: 'Operation a comes first.' })
  await acting.move('queued', { waits: 'Operation a failed.' })
  let ended: Promise<void> | undefined
  const enough = (heard: readonly Heard[]) => {
    if (versions(heard).length === 2) ended ??= run()
    return false
  }
  async function run(): Promise<void> {
    await acting.move('planned', { state: 'planned', queuedBehind: '', waits: '' })
    await acting.move('started', { state: 'running', steps: acting.steps('running') })
    acting.print(`${id}.step-0.1`, 5)
    acting.end(`${id}.step-0.1`)
    await acting.move('succeeded', { state: 'succeeded', steps: acting.steps('succeeded') })
  }
  const heard = await listen(gateway, pathOf(id), { token: gateway.admin, enough })
  await ended
  const told = heard.filter(({ event }) => event === 'operation').map(({ data }) => data)
  expect(told.map(({ state }) => state)).toEqual(['queued', 'queued', 'planned', 'running', 'succeeded'])
  expect(told.map(({ waits }) => waits ?? '')).toEqual([
    ...['Operation a comes first.', 'Operation a failed.', '', '', ''],
  ])
  expect(linesOf(heard, `${id}.step-0.1`)).toEqual(upTo(5))
  await acting.close()
})

test('an operation whose events are older than the stream is told by its owner', async () => {
  const acting = await actOperation(gateway, project, 'old')
  await acting.move('succeeded', { state: 'succeeded' }, true)
  const heard = await listen(gateway, pathOf('old'), { token: gateway.admin })
  expect(heard.map(({ data }) => data.state)).toEqual(['succeeded'])
  await acting.close()
})

test('gRPC tells the same, and goes on after a cursor', async () => {
  const acting = await finished('grpc', 50)
  const grpc = grpcClient(gateway.grpc, gateway.ca)
  if (!WATCH) throw new Error('no method')
  const whole = await grpc.call(WATCH, { project, id: 'grpc' }, { token: gateway.admin })
  expect(whole.messages.length).toBe(104)
  const { cursor } = whole.messages[60]
  const rest = await grpc.call(WATCH, { project, id: 'grpc', cursor }, { token: gateway.admin })
  const keyOf = ({ line, operation }: (typeof whole.messages)[0]) =>
    line ? `${line.run} ${line.sequence}` : `version ${operation.version}`
  const both = [...whole.messages.slice(0, 61), ...rest.messages].map(keyOf).sort()
  expect(both).toEqual(whole.messages.map(keyOf).sort())
  grpc.close()
  await acting.close()
})

test('a watch goes on at another replica when the first one stops', async () => {
  const id = 'replica'
  const run = `${id}.step-0.1`
  const acting = await actOperation(gateway, project, id)
  await acting.move('started', { state: 'running', steps: acting.steps('running') })
  acting.print(run, 75)
  const second = await openApiGateway(gateway.config)
  const grpc = grpcClient(second.addresses.grpc ?? '', gateway.ca)
  if (!WATCH) throw new Error('no method')
  const stopped = grpc.call(WATCH, { project, id }, { token: gateway.admin }, (messages) => {
    if (messages.length === 76) void second.stop()
  })
  const { error, messages } = await stopped
  expect([error?.code, messages.length]).toEqual(['Unavailable', 76])
  acting.print(run, 25)
  acting.end(run)
  await acting.move('succeeded', { state: 'succeeded', steps: acting.steps('succeeded') })
  const after = messages.at(-1).cursor
  const rest = await listen(gateway, pathOf(id), { token: gateway.admin, after })
  expect(linesOf(rest, run)).toEqual(upTo(100).slice(75))
  grpc.close()
  await acting.close()
})

test('a cursor that is none of ours is refused', async () => {
  const acting = await finished('cursor', 1)
  const { status, json } = await gateway.rest('GET', pathOf('cursor'), {
    token: gateway.admin,
    headers: { 'last-event-id': 'nonsense' },
  })
  expect([status, json.problems[0].field]).toEqual([400, 'cursor'])
  await acting.close()
})

test('a reader that does not read makes the runner wait instead of filling memory', async () => {
  const id = 'slow'
  const run = `${id}.step-0.1`
  const acting = await actOperation(gateway, project, id)
  await acting.move('started', { state: 'running', steps: acting.steps('running') })
  acting.print(run, 200_000)
  let sent = 0
  const follow = gateway.behind.answers['slipway.run.v1.RunService/FollowRun']
  gateway.behind.answers['slipway.run.v1.RunService/FollowRun'] = async function* (request, call) {
    for await (const batch of follow?.(request, call) ?? []) {
      sent += batch.lines.length
      yield batch
    }
  }
  const { stuck, close } = await stuckReader(id)
  await stuck
  const seen = sent
  await quiet(() => sent)
  expect(sent).toBeGreaterThan(0)
  expect(sent).toBeLessThan(50_000)
  expect(seen).toBeLessThanOrEqual(sent)
  close()
  await acting.close()
})

/** A reader that takes the first bytes and no more. */
async function stuckReader(id: string) {
  const { get } = await import('node:https')
  const url = new URL(`/api/v1${pathOf(id)}`, gateway.gateway.addresses.rest)
  const headers = { authorization: `Bearer ${gateway.admin}` }
  let close = () => {}
  const stuck = new Promise<void>((resolve) => {
    const call = get(url, { ca: gateway.ca, agent: false, headers }, (response) => {
      response.once('readable', resolve)
      close = () => response.destroy()
    })
    call.once('error', () => {})
  })
  return { stuck, close: () => close() }
}

/** Resolves when a number has stopped moving. */
async function quiet(read: () => number): Promise<void> {
  let last = -1
  await expect
    .poll(
      () => {
        const still = read() === last
        last = read()
        return still
      },
      { interval: 500, timeout: 30_000 },
    )
    .toBe(true)
}
