import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Platform, startPlatform } from '@slipway/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakeAnsible, fakeRun } from './fake.ts'
import { project } from './install.ts'
import { giveKeys, processesOf, type RunnerProcess, startRunner } from './runner-process.ts'

let platform: Platform
let venv: string
const runners: RunnerProcess[] = []
beforeAll(async () => {
  ;[platform, venv] = await Promise.all([startPlatform(), fakeAnsible()])
  await giveKeys(platform)
})
afterAll(async () => {
  for (const runner of runners) await runner.end('SIGTERM')
  await platform?.stop()
  await rm(venv, { recursive: true, force: true })
})

/** Processes that see the variables of a run, on the tmpfs that only its own mount namespace has. */
async function seers(operation: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const file = `/proc/${pid}/root/dev/shm/slipway/vars.json`
    const variables = await readFile(file, 'utf8').catch(() => '')
    if (variables.includes(`${operation}/step/1`)) found.push(pid)
  }
  return found
}

test('a runner that is killed leaves no process and no secret, and its run fails as worth another try within 30 s', async () => {
  const first = await startRunner(platform, venv)
  const { id } = await first.client.startRun(fakeRun({ operation: 'killed' }, { fake: 'leave_child' }))
  for await (const { lines } of first.gateway.followRun({ project, id, afterSequence: 0 })) {
    if (lines.some((line) => line.text === 'hanging')) break
  }
  const playing = await processesOf(venv)
  expect(playing.length).toBeGreaterThan(2)
  expect((await seers('killed')).length).toBeGreaterThan(1)
  // at once, so that its line is on JetStream and not stored yet
  const began = performance.now()
  await first.end('SIGKILL')
  const second = await startRunner(platform, venv)
  runners.push(second)
  let run = await second.client.getRun({ project, id })
  while (!run.endedAt) run = await second.client.waitRun({ project, id })
  const took = (performance.now() - began) / 1000
  process.stdout.write(`failed ${took.toFixed(1)} s after the kill\n`)
  expect(took).toBeLessThan(30)
  expect(run).toMatchObject({ state: 'failed', failure: { code: 'Unavailable', retryable: true } })
  expect(run.failure?.message).toBe('The runner died while this ran.')
  for (const pid of playing) expect(await processesOf(venv)).not.toContain(pid)
  expect(await seers('killed')).toEqual([])
  const folders = await readdir(join(platform.dir, 'tmp'))
  expect(folders, "the second one's sockets alone").toEqual([expect.stringContaining('slipway-runner-')])
  const lines = []
  for await (const batch of second.gateway.followRun({ project, id, afterSequence: 0 }))
    lines.push(...batch.lines)
  expect(lines.map((line) => [line.sequence, line.text])).toEqual([
    [1, 'hanging'],
    [2, 'The runner died while this ran.'],
  ])
})

test('a runner that is stopped ends its runs as worth another try', async () => {
  const runner = await startRunner(platform, venv)
  const [second] = runners
  await second?.end('SIGTERM')
  runners.length = 0
  const { id } = await runner.client.startRun(fakeRun({ operation: 'stopped' }, { fake: 'hang' }))
  for await (const { lines } of runner.gateway.followRun({ project, id, afterSequence: 0 })) {
    if (lines.some((line) => line.text === 'hanging')) break
  }
  await runner.end('SIGTERM')
  const next = await startRunner(platform, venv)
  runners.push(next)
  const run = await next.client.getRun({ project, id })
  expect(run).toMatchObject({
    state: 'failed',
    failure: { message: 'The runner was stopped.', retryable: true },
  })
})
