import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip, gunzipSync } from 'node:zlib'
import { methods } from '@slipway/contracts'
import { Attempt, OutputLine, Plan } from '@slipway/contracts/operation/v1/operation'
import { OperationBackground } from '@slipway/contracts/operation/v1/operation_service'
import { Run } from '@slipway/contracts/run/v1/run'
import type { SearchOutputRequest } from '@slipway/contracts/run/v1/run_service'
import { notFound, unavailable } from '@slipway/errors'
import { keyIdOf, openRecord, type Part } from '@slipway/record'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actOperation } from './acting.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { grpcClient } from './grpc-client.ts'

let gateway: Gateway
let project: string
let ada: { id: string; token: string }
beforeAll(async () => {
  gateway = await startGateway()
  project = await gateway.project('recorded')
  ada = await gateway.person('ada', { [project]: 'viewer' })
})
afterAll(() => gateway.stop())

const EXPORT = methods['slipway.operation.v1.OperationService/ExportOperation']
const BACKGROUND = 'slipway.operation.v1.OperationService/GetOperationBackground'
const SEARCH = 'slipway.run.v1.RunService/SearchOutput'
const at = new Date('2026-02-03T04:05:06.789Z')

/** An operation that failed in its second attempt of a step, with so many pages of a hundred lines by each. */
async function failed(id: string, { pages, more = {} }: { pages: number; more?: object }) {
  const acting = await actOperation(gateway, project, id)
  const failure = {
    code: 'Precondition',
    message: 'no disk',
    host: 'web-1',
    task: 'Format',
    hint: 'Add one.',
  }
  await acting.move('planned', {})
  await acting.move('started', { state: 'running', steps: acting.steps('running') })
  const steps = acting
    .steps('failed')
    .map((step) => ({ ...step, attempt: 2, run: `${id}.step-0.2`, note: 'n' }))
  await acting.move('failed', {
    ...{ state: 'failed', steps, failure: { ...failure, retryable: false }, createdBy: ada.id },
    ...{ reason: 'more room', clusterName: 'prod', ...more },
  })
  const attempts = [1, 2].map((attempt) =>
    Attempt.fromPartial({
      step: 'step-0',
      attempt,
      state: 'failed',
      run: `${id}.step-0.${attempt}`,
      failure,
    }),
  )
  const { answers } = gateway.behind
  answers[BACKGROUND] = (asked) => {
    if (asked.id !== id) throw notFound('operation', asked.id)
    return OperationBackground.fromPartial({
      ...{ operation: acting.current(), plan: Plan.fromPartial({ digest: 'd' }), attempts },
      ...{ basisJson: '{"hosts":{"web-1":{"cpus":4}}}', specBeforeJson: '{"a":1}', specAfterJson: '{"a":2}' },
      ...{ slipway: '0.0.9', kubernetes: '1.36.3', components: { etcd: '3.6.8' }, releaseDigest: 'r' },
    })
  }
  answers['slipway.run.v1.RunService/GetRun'] = (asked) =>
    Run.fromPartial({ id: asked.id, state: 'failed', playbook: 'prepare.yml', ansible: '2.19.14' })
  answers[SEARCH] = ({ runs, pageToken }: SearchOutputRequest) =>
    pageOf(runs[0] ?? '', Number(pageToken), pages)
  return { ...acting, steps: attempts }
}

function pageOf(run: string, page: number, pages: number) {
  const lines = Array.from({ length: 100 }, (_, index) =>
    OutputLine.fromPartial({
      run,
      sequence: page * 100 + index + 1,
      at,
      host: 'web-1',
      kind: 'line',
      text: 'x',
    }),
  )
  return { lines, nextPageToken: page + 1 < pages ? String(page + 1) : '' }
}

const pathOf = (id: string) => `/api/v1/projects/${project}/operations/${id}/record`

/** What REST answers, and whether it came to its end. */
function download(path: string, token = ada.token) {
  return new Promise<{ whole: boolean; headers: Record<string, unknown>; bytes: Buffer }>(
    (resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` }
      const url = new URL(path, gateway.gateway.addresses.rest)
      const call = request(url, { ca: gateway.ca, agent: false, headers }, (response) => {
        const chunks: Buffer[] = []
        const done = (whole: boolean) =>
          resolve({ whole, headers: response.headers, bytes: Buffer.concat(chunks) })
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', () => done(false))
        response.once('end', () => done(response.complete))
      })
      call.once('error', reject)
      call.end()
    },
  )
}

async function read(bytes: Buffer) {
  const file = join(gateway.platform.dir, 'record')
  await writeFile(file, bytes)
  const { signature, parts } = await openRecord(file)
  const found: Part[] = []
  for await (const part of parts()) found.push(part)
  const all = <K extends string>(key: K) =>
    // biome-ignore lint/suspicious/noExplicitAny: parts of any kind
    found.flatMap((part) => (key in part ? [(part as any)[key]] : []))
  return { signature, found, all, one: (key: string) => all(key)[0] }
}

test('a viewer exports all of an operation as one file that this install signed', async () => {
  const acting = await failed('whole', { pages: 3 })
  const { whole, headers, bytes } = await download(pathOf('whole'))
  expect([whole, headers['content-type'], headers['content-disposition']]).toEqual([
    true,
    'application/gzip',
    'attachment; filename="whole.record.gz"',
  ])
  const { signature, all, one } = await read(bytes)
  const key = await gateway.rest('GET', '/record-key', { token: ada.token })
  expect(key.headers['content-type']).toContain('application/x-pem-file')
  expect(signature).toMatchObject({ operation: 'whole', project, keyId: await keyIdOf(key.text) })
  expect(one('record')).toMatchObject({
    ...{ format: 1, ended: true, askedBy: { id: ada.id, name: 'ada' }, reason: 'more room' },
    versions: { slipway: '0.0.9', kubernetes: '1.36.3', components: { etcd: '3.6.8' }, release: 'r' },
  })
  expect(one('operation')).toMatchObject({ state: 'failed', failure: { host: 'web-1', hint: 'Add one.' } })
  expect(one('plan')).toMatchObject({ digest: 'd' })
  expect(one('basis')).toEqual({ hosts: { 'web-1': { cpus: 4 } } })
  expect(one('spec')).toEqual({ before: { a: 1 }, after: { a: 2 } })
  expect(all('attempt')).toMatchObject([{ attempt: 1 }, { attempt: 2, failure: { message: 'no disk' } }])
  expect(all('event').map(({ sequence, fact }) => [sequence, fact])).toEqual([
    [1, 'planned'],
    [2, 'started'],
    [3, 'failed'],
  ])
  expect(all('run')).toMatchObject([
    { id: 'whole.step-0.1', ansible: '2.19.14', playbook: 'prepare.yml' },
    { id: 'whole.step-0.2', attempt: 2, missing: '' },
  ])
  expect(one('missing')).toEqual([])
  const lines = all('line')
  expect([lines.length, one('end')]).toEqual([600, { lines: 600 }])
  expect(lines[599]).toEqual({
    ...{ run: 'whole.step-0.2', sequence: 300, at: at.toISOString(), host: 'web-1', task: '', kind: 'line' },
    text: 'x',
  })
  await acting.close()
})

test('gRPC tells the same file in pieces', async () => {
  const acting = await failed('pieces', { pages: 2 })
  const grpc = grpcClient(gateway.grpc, gateway.ca)
  if (!EXPORT) throw new Error('no such method')
  const { error, messages } = await grpc.call(EXPORT, { project, id: 'pieces' }, { token: ada.token })
  grpc.close()
  expect(error).toBeUndefined()
  const bytes = Buffer.concat(messages.map(({ data }) => Buffer.from(data, 'base64')))
  expect((await read(bytes)).one('end')).toEqual({ lines: 400 })
  await acting.close()
})

test('one that runs says so, and that output is not there is told by name', async () => {
  const acting = await failed('runs', { pages: 1, more: { state: 'running', failure: undefined } })
  const { answers } = gateway.behind
  const known = answers['slipway.run.v1.RunService/GetRun']
  answers['slipway.run.v1.RunService/GetRun'] = (asked, call) => {
    if (asked.id === 'runs.step-0.2') throw notFound('run', asked.id)
    return known?.(asked, call)
  }
  const { one, all } = await read((await download(pathOf('runs'))).bytes)
  expect(one('record')).toMatchObject({ ended: false })
  expect(one('missing')).toEqual(['output of step step-0, attempt 2: There is no run runs.step-0.2.'])
  expect(all('line')).toHaveLength(100)
  await acting.close()
})

test('one that still waits for its turn has not ended', async () => {
  const acting = await actOperation(gateway, project, 'waits')
  await acting.move('queued', { state: 'queued' }, true)
  gateway.behind.answers[BACKGROUND] = () => OperationBackground.fromPartial({ operation: acting.current() })
  expect((await read((await download(pathOf('waits'))).bytes)).one('record')).toMatchObject({ ended: false })
  await acting.close()
})

test('events that the stream does not have any more are told as missing', async () => {
  const acting = await actOperation(gateway, project, 'old')
  await acting.move('failed', { state: 'failed' }, true)
  gateway.behind.answers[BACKGROUND] = () => OperationBackground.fromPartial({ operation: acting.current() })
  const { one, all } = await read((await download(pathOf('old'))).bytes)
  expect(all('event')).toEqual([])
  expect(one('missing')).toEqual(['what its plan rested on: it began before that was kept', '1 of 1 events'])
  await acting.close()
})

test('a runner that goes away cuts the file off: it has no signature then, and is refused', async () => {
  const acting = await failed('cut', { pages: 1_000 })
  const { answers } = gateway.behind
  const pages = answers[SEARCH]
  answers[SEARCH] = (asked, call) => {
    if (asked.pageToken === '600') throw unavailable('runner', 'went away', 'Wait.')
    return pages?.(asked, call)
  }
  const { whole, bytes } = await download(pathOf('cut'))
  expect([whole, bytes.length > 0]).toEqual([false, true])
  await expect(read(bytes)).rejects.toThrow('cut off')
  await acting.close()
})

test('a reader that is slow makes the runner wait instead of filling memory', async () => {
  const acting = await failed('slow', { pages: 1_000_000 })
  const { answers } = gateway.behind
  let asked = 0
  answers[SEARCH] = ({ runs, pageToken }: SearchOutputRequest) => {
    asked += 1
    const { lines, nextPageToken } = pageOf(runs[0] ?? '', Number(pageToken), 1_000_000)
    // Half a megabyte of what can't be packed.
    return {
      lines: lines.map((line) => ({ ...line, text: randomBytes(5_000).toString('hex') })),
      nextPageToken,
    }
  }
  const url = new URL(pathOf('slow'), gateway.gateway.addresses.rest)
  const call = request(url, {
    ca: gateway.ca,
    agent: false,
    headers: { authorization: `Bearer ${ada.token}` },
  })
  await new Promise((resolve) => call.once('response', resolve).end())
  const counts: number[] = []
  // Nothing is read: the asking comes to an end by itself.
  const standsStill = () => {
    counts.push(asked)
    return asked > 0 && counts.at(-2) === asked
  }
  await expect.poll(standsStill, { interval: 1_500, timeout: 40_000 }).toBe(true)
  expect(asked).toBeLessThan(100)
  call.destroy()
  await acting.close()
})

test('100,000 lines come whole, and never are many of them on their way', { timeout: 60_000 }, async () => {
  const acting = await failed('large', { pages: 500 })
  const { answers } = gateway.behind
  const text = randomBytes(100_000).toString('hex')
  let [asked, read, most] = [0, 0, 0]
  answers[SEARCH] = ({ runs, pageToken }: SearchOutputRequest) => {
    asked += 100
    most = Math.max(most, asked - read)
    const { lines, nextPageToken } = pageOf(runs[0] ?? '', Number(pageToken), 500)
    return {
      lines: lines.map((line, index) => ({
        ...line,
        text: text.slice(index * 1_000, index * 1_000 + 1_000),
      })),
      nextPageToken,
    }
  }
  const headers = { authorization: `Bearer ${ada.token}` }
  const url = new URL(pathOf('large'), gateway.gateway.addresses.rest)
  const call = request(url, { ca: gateway.ca, agent: false, headers })
  const [response] = (await once(call.end(), 'response')) as [IncomingMessage]
  for await (const line of createInterface({ input: response.pipe(createGunzip()) })) {
    if (line.startsWith('{"line":')) read += 1
    else if (line.startsWith('{"end":')) expect(JSON.parse(line)).toEqual({ end: { lines: 100_000 } })
  }
  expect([response.complete, read]).toEqual([true, 100_000])
  // Of a hundred megabytes a tenth: what sockets and streams hold by themselves.
  expect(most).toBeLessThan(10_000)
  await acting.close()
})

test('who is no member hears what is said of a project that does not exist, and a foreign id is not found', async () => {
  const acting = await failed('mine', { pages: 1 })
  const stranger = await gateway.person('stranger')
  const path = `/projects/${project}/operations/mine/record`
  expect((await gateway.rest('GET', path, { token: stranger.token })).json).toMatchObject({
    code: 'NotFound',
  })
  const other = await gateway.rest('GET', path.replace('mine', 'none'), { token: ada.token })
  expect([other.status, other.json.problems[0].field]).toEqual([404, 'operation'])
  expect((await gateway.rest('GET', '/record-key')).status).toBe(401)
  await acting.close()
})

test('what was exported is plain gzip of JSON Lines, for any tool', async () => {
  const acting = await failed('plain', { pages: 1 })
  const lines = gunzipSync((await download(pathOf('plain'))).bytes)
    .toString()
    .trimEnd()
    .split('\n')
  const kinds = new Set(lines.map((line) => Object.keys(JSON.parse(line))[0]))
  expect([...kinds].join(' ')).toBe(
    'record operation plan basis spec attempt event run missing line end signature',
  )
  await acting.close()
})
