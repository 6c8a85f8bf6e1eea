import { rm } from 'node:fs/promises'
import { openDatabase } from '@slipway/database'
import { ownerOf } from '@slipway/embedded'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { PrismaClient } from '../src/gen/prisma/client.ts'
import { removeOldRuns } from '../src/run/remove-old.ts'
import { openAnsibleRunner } from '../src/service.ts'
import { fakeAnsible, fakeRun } from './fake.ts'
import { playbooks, project, startInstall, type TestInstall } from './install.ts'

const DAY_MS = 86_400_000
let venv: string
let install: TestInstall
let db: PrismaClient
beforeAll(async () => {
  venv = await fakeAnsible()
  install = await startInstall({ venv })
  const { databaseUrl: url } = install.platform.foundation('ansible-runner')
  db = openDatabase(PrismaClient, { url, schema: 'ansible_runner' })
})
afterAll(async () => {
  await db?.$disconnect()
  await install?.stop()
  await rm(venv, { recursive: true, force: true })
})
beforeEach(() => db.run.deleteMany({ where: { state: { notIn: ['queued', 'running'] } } }))

/** Plays a step that prints two lines; answers its id. */
async function play(operation: string, attempt = 1): Promise<string> {
  const { id, lastSequence } = await install.play(
    fakeRun({ operation, attempt }, { fake: 'print_flood', lines: '2' }),
  )
  expect(lastSequence).toBe(2)
  return id
}

/** A sweep in so many days, as a replica that keeps runs for 90. */
function sweepIn(days: number): Promise<number> {
  const now = () => new Date(Date.now() + days * DAY_MS)
  return removeOldRuns({ db, now }, { keptDays: 90, atOnce: 2, signal: new AbortController().signal })
}

async function linesOf(...runs: string[]): Promise<string[]> {
  const asked = { project, runs, host: '', search: '', pageSize: 100, pageToken: '', afterSequence: 0 }
  return (await install.gateway.searchOutput(asked)).lines.map(({ run, text }) => `${run} ${text}`)
}

test('old runs lose their output, whoever asks for it is told so, and their key starts nothing again', async () => {
  const ids = [await play('old', 1), await play('old', 2), await play('other', 1)]
  expect(await sweepIn(89)).toBe(0)
  expect(await linesOf(...ids)).toHaveLength(6)
  expect(await sweepIn(91)).toBe(3)
  expect(await db.outputBlock.count()).toBe(0)
  const id = ids[0] ?? ''
  const gone = {
    code: 'NotFound',
    message: `The output of run ${id} was removed 91 days after it had ended.`,
    problems: [{ hint: expect.stringContaining('SLIPWAY_RUN_DAYS') }],
  }
  await expect(install.client.getRun({ project, id })).rejects.toMatchObject(gone)
  const followed = install.gateway.followRun({ project, id, afterSequence: 0 })
  await expect(followed[Symbol.asyncIterator]().next()).rejects.toMatchObject(gone)
  await expect(linesOf(...ids)).rejects.toMatchObject(gone)
  const again = fakeRun({ operation: 'old' }, { fake: 'print_flood', lines: '2' })
  await expect(install.client.startRun(again)).rejects.toMatchObject(gone)
  await expect(install.client.getRun({ project: 'project-2', id })).rejects.toMatchObject({
    message: `There is no run ${id}.`,
  })
  expect(await sweepIn(92)).toBe(0)
  const young = await play('old', 3)
  expect(await linesOf(...ids, young)).toEqual([`${young} printed 1`, `${young} printed 2`])
})

test('an operation with an unfinished or a younger run keeps all of its runs', async () => {
  const first = await play('open')
  const second = await play('resumed')
  const past = new Date(Date.now() - 100 * DAY_MS)
  await db.run.updateMany({ where: { id: second }, data: { endedAt: past } })
  await play('resumed', 2)
  const { id } = await install.client.startRun(fakeRun({ operation: 'open', attempt: 2 }, { fake: 'hang' }))
  expect(await sweepIn(0)).toBe(0)
  expect(await linesOf(second)).toHaveLength(2)
  expect(await sweepIn(91)).toBe(2)
  expect(await linesOf(first)).toHaveLength(2)
  await install.client.cancelRun({ project, id })
  await install.ended(id)
  expect(await sweepIn(91)).toBe(2)
})

test('what one replica removes just now is left to it, and another one goes on with the rest', async () => {
  const held = [await play('held', 1), await play('held', 2)]
  const free = [await play('free', 1), await play('free', 2), await play('free', 3)]
  await db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM run WHERE operation = 'held' FOR UPDATE`
    expect(await sweepIn(91)).toBe(free.length)
  })
  expect(await linesOf(...held)).toHaveLength(4)
  const both = await Promise.all([sweepIn(91), sweepIn(91)])
  expect(both[0] + both[1]).toBe(held.length)
})

test('a runner that starts removes what is too old by its own setting', async () => {
  const id = await play('settings')
  const ended = new Date(Date.now() - 8 * DAY_MS)
  await db.run.updateMany({ where: { id }, data: { endedAt: ended } })
  const { platform } = install
  const second = await openAnsibleRunner({
    ...{ foundation: platform.foundation('ansible-runner'), playbooks, venv, parallel: 1, keptDays: 7 },
    runAs: await ownerOf('slipway'),
  })
  try {
    await expect
      .poll(async () => (await db.run.findUnique({ where: { id } }))?.removedAt ?? null)
      .toBeInstanceOf(Date)
    await expect(linesOf(id)).rejects.toMatchObject({ message: expect.stringContaining('removed 8 days') })
  } finally {
    await second.stop()
  }
})
