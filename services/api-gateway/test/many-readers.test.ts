import { get } from 'node:https'
import { createParser } from 'eventsource-parser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actOperation } from './acting.ts'
import { type AloneGateway, startAlone } from './alone.ts'

const READERS = 1_000
/** Streams that one person may have is 64. */
const MOST_OF_ONE = 60
const SLOW = 20
const STAYING = 5
const [WAVES, LINES] = [5, 40]
/** Lines of 2,000 characters. */
const FLOOD = 2_500

let gateway: AloneGateway
let project: string
beforeAll(async () => {
  gateway = await startAlone({ SLIPWAY_STALLED_SECONDS: '15' })
  project = (await ask('POST', '/projects', { name: 'watched' })).id
})
afterAll(() => gateway?.stop())

async function ask(verb: string, path: string, body?: object, token = gateway.admin) {
  const { status, json } = await gateway.rest(verb, path, { token, ...(body ? { body } : {}) })
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(json)}`)
  return json
}

/** Tokens of so many people who may watch. */
function people(count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { user, enrolmentCode: code } = await ask('POST', '/users', { name: `reader-${index}` })
      const { secret } = (await gateway.rest('POST', '/enrolments', { body: { code } })).json
      await ask('PUT', `/projects/${project}/members/${user.id}`, { role: 'viewer' })
      return secret as string
    }),
  )
}

/** A reader of the stream: what it read, whether it is over, and how it ended. */
type Reader = {
  lines: number[]
  opened: Promise<void>
  ended: Promise<string>
  /** Lets a slow one read after all. */
  read: () => void
  close: () => void
}

function open(path: string, token: string, reads: boolean): Reader {
  const lines: number[] = []
  const opened = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<string>()
  let read = () => {}
  const url = new URL(`/api/v1${path}`, gateway.url)
  const headers = { authorization: `Bearer ${token}` }
  const call = get(url, { ca: gateway.ca, agent: false, headers }, (response) => {
    if (response.statusCode !== 200) opened.reject(new Error(`HTTP ${response.statusCode}`))
    opened.resolve()
    if (!reads) response.socket.pause()
    read = () => response.resume().socket.resume()
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === 'line') lines.push(JSON.parse(data).sequence)
      },
    })
    if (reads) response.on('data', (chunk: Buffer) => parser.feed(chunk.toString()))
    response.once('end', () => ended.resolve('end'))
    response.once('error', (error) => ended.resolve(error.message))
    response.once('close', () => ended.resolve('close'))
  })
  call.once('error', (error) => {
    opened.reject(error)
    ended.resolve(error.message)
  })
  opened.promise.catch(() => {})
  return {
    lines,
    opened: opened.promise,
    ended: ended.promise,
    read: () => read(),
    close: () => call.destroy(),
  }
}

test('a thousand read one operation, slow ones among them: who reads gets every line once, memory stays flat, and who takes nothing is cut off', async () => {
  const run = 'many.step-0.1'
  const acting = await actOperation(gateway, project, 'many')
  await acting.move('started', { state: 'running', steps: acting.steps('running') })
  const tokens = await people(Math.ceil(READERS / MOST_OF_ONE))
  const path = `/projects/${project}/operations/many/events`
  const memory = [await gateway.memory()]
  const readers = Array.from({ length: READERS }, (_, index) =>
    open(path, tokens[index % tokens.length] ?? '', index >= SLOW),
  )
  const [slow, reading] = [readers.slice(0, SLOW), readers.slice(SLOW)]
  await Promise.all(readers.map(({ opened }) => opened))
  memory.push(await gateway.memory())
  for (let wave = 1; wave <= WAVES; wave++) {
    acting.print(run, LINES)
    await allHave(reading, wave * LINES)
    memory.push(await gateway.memory())
  }
  // Those who stay read so much that the slow ones, who take nothing of it, would fill whatever holds it for them.
  const staying = reading.slice(0, STAYING)
  for (const { close } of reading.slice(STAYING)) close()
  acting.print(run, FLOOD, 'x'.repeat(2_000))
  await allHave(staying, WAVES * LINES + FLOOD)
  memory.push(await gateway.memory())
  await expect.poll(followed, { timeout: 60_000 }).toBe(STAYING)
  acting.end(run)
  await acting.move('succeeded', { state: 'succeeded', steps: acting.steps('succeeded') })
  expect(new Set(await Promise.all(staying.map(({ ended }) => ended)))).toEqual(new Set(['end']))
  for (const { read } of slow) read()
  const ends = await Promise.all(slow.map(({ ended }) => ended))
  expect(ends.filter((end) => end === 'end')).toEqual([])

  for (const { lines } of reading) expect(lines.slice(0, WAVES * LINES)).toEqual(upTo(WAVES * LINES))
  for (const { lines } of staying) expect(lines).toEqual(upTo(WAVES * LINES + FLOOD))
  console.log(`gateway, MiB: ${memory.map(Math.round).join(', ')}`)
  const [, , first = 0, ...later] = memory
  expect(Math.max(...later.slice(0, -1))).toBeLessThan(first * 1.4)
  expect(later.at(-1)).toBeLessThan(first * 1.8)
  await acting.close()
}, 180_000)

/** How many streams of the run its readers hold at the runner. */
function followed(): number {
  return gateway.behind.heard.filter(
    ({ method, call }) => method.endsWith('/FollowRun') && !call.signal.aborted,
  ).length
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

async function allHave(readers: readonly Reader[], count: number): Promise<void> {
  const behind = () => readers.filter(({ lines }) => lines.length < count).length
  await expect.poll(behind, { timeout: 90_000, interval: 100 }).toBe(0)
}
