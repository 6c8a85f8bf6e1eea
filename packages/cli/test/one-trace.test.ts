import { randomBytes } from 'node:crypto'
import { type Event, followSubject, openBus, readEvent } from '@slipway/bus'
import type { SentSpan } from '@slipway/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { secrets, startTracedSite, type TracedSite } from './traced-site.ts'

const CHECK = 'Check that the hosts can become nodes'
const PREPARE = 'Prepare the hosts: settings, containerd, kubelet, images'

type Call = { traceId: string; caller: string; headers: { traceparent: string } }
let site: TracedSite
let adding: Call & { trace: SentSpan[] }
let operation: { id: string; cluster: string }
let moves: (Event & { traceparent?: string })[]

// A host, and an operation on it that another replica takes over while its first step waits, and that fails in its second.
beforeAll(async () => {
  site = await startTracedSite()
  const call = newCall()
  const wanted = { name: 'web-1', address: '198.51.100.7', credential: site.credential, profile: 'lab' }
  const host = await post('/hosts', wanted, call.headers)
  expect(host.status, host.text).toBe(201)
  adding = { ...call, trace: await whole(call.traceId, ['Run facts.yml', 'Read the facts of hosts']) }
  const nodes = [{ host: host.json.id, role: 'control-plane' }]
  const begun = await post('/clusters', { name: 'one', spec: { kubernetesVersion: '1.36.3', nodes } })
  expect(begun.status, begun.text).toBe(202)
  operation = { id: begun.json.operation.id, cluster: begun.json.cluster.id }
  await site.collector.until((spans) =>
    spans.some((span) => isOf(span, 'slipway.run.v1.RunService/StartRun')),
  )
  await site.manager.stop()
  await site.openManager()
  await site.letChecksEnd()
  moves = await movesUntil('failed')
})
afterAll(() => site?.stop())

test('adding a host is one trace, in that of the caller, down to each task of Ansible on the host', () => {
  const { trace, caller } = adding
  expect(rootsOf(trace)).toEqual([`POST ${caller}`])
  const result = trace.find(({ attributes }) => attributes['slipway.host'] === 'web-1')
  expect(result?.attributes).toMatchObject({
    'slipway.project': site.project,
    'slipway.operation': expect.stringMatching(/^facts-/),
    'slipway.step': 'facts',
    'slipway.attempt': 1,
    'slipway.run': expect.stringMatching(/^facts-.*\.facts\.1$/),
    'slipway.task': 'Read facts as root',
    'slipway.result': 'ok',
  })
  expect(pathTo(trace, result)).toEqual([
    'api-gateway server POST /api/v1/projects/{project}/hosts',
    'api-gateway client slipway.host.v1.HostService/CreateHost',
    'cluster-manager server slipway.host.v1.HostService/CreateHost',
    'cluster-manager internal Read the facts of hosts',
    'cluster-manager client slipway.run.v1.RunService/StartRun',
    'ansible-runner server slipway.run.v1.RunService/StartRun',
    'ansible-runner internal Run facts.yml',
    'ansible-runner internal Read facts as root',
    'ansible-runner internal On a host',
  ])
})

test('an operation is one trace, begun where no caller has one, also when another replica carries it on and it fails', async () => {
  const traceId = site.collector.spans.find((span) => isOf(span, CHECK))?.traceId ?? ''
  const trace = await whole(traceId, [CHECK, 'Run prepare.yml', PREPARE])
  expect(rootsOf(trace)).toEqual(['POST '])
  expect(moves.map(({ traceparent }) => traceparent?.split('-')[1])).toEqual(moves.map(() => traceId))
  const result = trace.findLast(({ attributes }) => attributes['slipway.host'])
  expect(pathTo(trace, result)).toEqual([
    'api-gateway server POST /api/v1/projects/{project}/clusters',
    'api-gateway client slipway.cluster.v1.ClusterService/CreateCluster',
    'cluster-manager server slipway.cluster.v1.ClusterService/CreateCluster',
    `cluster-manager internal ${PREPARE}`,
    'cluster-manager client slipway.run.v1.RunService/StartRun',
    'ansible-runner server slipway.run.v1.RunService/StartRun',
    'ansible-runner internal Run prepare.yml',
    'ansible-runner internal Fail with words',
    'ansible-runner internal On a host',
  ])
  const results = trace.filter(({ attributes }) => attributes['slipway.host'])
  expect(results.map(({ attributes: of }) => `${of['slipway.task']}: ${of['slipway.result']}`)).toEqual([
    'Wait at the gate: ok',
    'Say something: ok',
    'Fail with words: failed',
  ])
})

test('each attempt of a step says what came of it, by which replica', async () => {
  await site.collector.until((spans) => spans.some((span) => isOf(span, PREPARE)))
  const steps = site.collector.spans.filter((span) => isOf(span, CHECK) || isOf(span, PREPARE))
  const firsts = steps.filter(({ attributes }) => attributes['slipway.attempt'] === 1)
  expect(
    firsts.map(({ attributes, failed }) => [
      attributes['slipway.step'],
      attributes['slipway.result'],
      failed,
    ]),
  ).toEqual([
    ['check-hosts', 'handed-over', false],
    ['check-hosts', 'step-succeeded', false],
    ['prepare-nodes', 'step-failed', true],
  ])
  const [before, ...after] = firsts.map(({ instance }) => instance)
  expect([new Set(after).size, after.includes(before ?? '')]).toEqual([1, false])
  for (const { attributes } of firsts) {
    expect(attributes).toMatchObject({
      'slipway.project': site.project,
      'slipway.cluster': operation.cluster,
      'slipway.run': `${operation.id}.${attributes['slipway.step']}.1`,
    })
  }
})

test('a resumed operation goes on in the trace of the call that resumed it', async () => {
  const { traceId, caller, headers } = newCall()
  const resumed = await post(`/operations/${operation.id}/resume`, {}, headers)
  expect(resumed.status, resumed.text).toBe(202)
  const trace = await whole(traceId, ['Run prepare.yml', PREPARE])
  expect(rootsOf(trace)).toEqual([`POST ${caller}`])
  const step = trace.find(({ name }) => name === PREPARE)
  expect(step?.attributes).toMatchObject({ 'slipway.operation': operation.id, 'slipway.attempt': 2 })
})

test('a refusal tells the number of the trace that shows it', async () => {
  const wanted = { name: 'web-2', address: '127.0.0.1', credential: site.credential }
  const { status, json } = await post('/hosts', wanted)
  expect(status).toBe(400)
  const mine = (span: SentSpan) => span.traceId === json.traceId && span.name.startsWith('POST')
  await site.collector.until((spans) => spans.some(mine))
  const attributes = site.collector.spans.find(mine)?.attributes
  expect(attributes).toMatchObject({ 'http.response.status_code': 400, 'slipway.project': site.project })
})

test('no secret, no word of a playbook and nothing of the process is sent', async () => {
  await site.collector.until((spans) => spans.some((span) => isOf(span, PREPARE)))
  const sent = site.collector.bodies.join('\n')
  expect(sent).toContain('Fail with words')
  const [line = ''] = site.privateKey.split('\n').slice(1)
  for (const secret of [...Object.values(secrets), line, site.token]) expect(sent).not.toContain(secret)
  for (const argument of process.argv) expect(sent).not.toContain(JSON.stringify(argument))
  expect(sent).not.toMatch(/process\.(command|owner|executable)/)
})

function newCall(): Call {
  const [traceId, caller] = [16, 8].map((bytes) => randomBytes(bytes).toString('hex')) as [string, string]
  return { traceId, caller, headers: { traceparent: `00-${traceId}-${caller}-01` } }
}

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return site.rest('POST', `/projects/${site.project}${path}`, { token: site.token, headers, body })
}

/** Whether a span of this name is about the operation. */
function isOf({ name, attributes }: SentSpan, wanted: string): boolean {
  return name === wanted && attributes['slipway.operation'] === operation.id
}

/** A trace once these spans of it have ended and nothing hangs in the air. */
async function whole(traceId: string, names: readonly string[]): Promise<SentSpan[]> {
  const mine = () => site.collector.spans.filter((span) => span.traceId === traceId)
  await site.collector.until(() => {
    const trace = mine()
    const ended = names.every((wanted) => trace.some(({ name }) => name === wanted))
    return ended && rootsOf(trace).every((root) => root.startsWith('POST'))
  })
  return mine()
}

/** Verb and parent of spans whose parent is not in the trace: one, where the trace is connected. */
function rootsOf(trace: readonly SentSpan[]): string[] {
  const known = new Set(trace.map(({ id }) => id))
  expect(known.size, 'every span is sent once').toBe(trace.length)
  const roots = trace.filter(({ parent }) => !known.has(parent))
  return roots.map(({ name, parent }) => `${name.split(' ')[0]} ${parent}`)
}

function pathTo(trace: readonly SentSpan[], span: SentSpan | undefined): string[] {
  if (!span) return []
  const above = trace.find(({ id }) => id === span.parent)
  return [...pathTo(trace, above), `${span.service} ${span.kind} ${span.name}`]
}

/** What was published of the operation, up to a fact. */
async function movesUntil(last: string): Promise<typeof moves> {
  const bus = await openBus({ ...site.platform.foundation('cluster-manager').nats, name: 'cluster-manager' })
  const done = new AbortController()
  const seen: typeof moves = []
  const subject = `slipway.evt.${site.project}.operation.${operation.id}.>`
  for await (const body of followSubject(bus, 'EVENTS', subject, done.signal)) {
    const event = readEvent(body)
    if (seen.push(event) && event.fact === last) done.abort()
  }
  await bus.close()
  return seen
}
