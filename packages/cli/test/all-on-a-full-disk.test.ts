import { chown, copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ownerOf } from '@slipway/embedded'
import { type Child, start, stop } from '@slipway/process'
import { openSmallDisk, type SmallDisk } from '@slipway/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callApi, troublesOf } from '../src/api/client.ts'
import { readSettings } from '../src/config.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const IDENTITY = 'slipway.identity.v1.IdentityService'
const patient = { timeout: 60_000 }

type Running = { rest: string; caFile: string; processes: { name: string; pid: number }[] }

let disk: SmallDisk
let data: string
let slipway: Child
beforeAll(async () => {
  disk = await openSmallDisk(200)
  data = join(disk.dir, 'data')
  const owner = await ownerOf('slipway')
  await mkdir(data)
  if (owner) await chown(data, owner.uid, owner.gid)
  const program = join(disk.dir, 'nats-server')
  await copyFile(join(readSettings().SLIPWAY_CACHE, 'bin/nats-server'), program)
  const env = {
    HOME: data,
    SLIPWAY_DATA_DIR: data,
    SLIPWAY_ADDRESS: '127.0.0.1',
    SLIPWAY_REPO_LISTEN: '127.0.0.1:0',
    SLIPWAY_NATS_SERVER: program,
    SLIPWAY_ANSIBLE_VENV: join(disk.dir, 'no-run-is-asked-for'),
    SLIPWAY_LOG_LEVEL: 'fatal',
  }
  const ready = Promise.withResolvers<void>()
  const onLine = (line: string) => line.startsWith('Slipway is ready') && ready.resolve()
  slipway = start([process.execPath, main, 'up'], { ...owner, env, cwd: data, onLine })
  slipway.ended.then(({ stderr }) => ready.reject(new Error(stderr)))
  await ready.promise
})
afterAll(async () => {
  if (slipway) await stop(slipway, 30_000)
  await disk?.close()
})

async function readRunning(): Promise<Running & { pidOf: (name: string) => number; ca: string }> {
  const running = JSON.parse(await readFile(join(data, 'running.json'), 'utf8')) as Running
  const pidOf = (wanted: string) => running.processes.find(({ name }) => name === wanted)?.pid ?? 0
  return { ...running, pidOf, ca: await readFile(running.caFile, 'utf8') }
}

test('with everything on one full disk status says which servers have no room, a killed PostgreSQL comes back, and all goes on when there is room', async () => {
  const { rest: url, ca, pidOf } = await readRunning()
  const killed = pidOf('postgres')
  const code = (await readFile(join(data, 'first-administrator'), 'utf8')).trim()
  const { secret: token } = await callApi({ url, ca }, `${IDENTITY}/Enrol`, { code })
  const ask = (method: string, request = {}) => callApi({ url, ca, token }, `${IDENTITY}/${method}`, request)
  const troubles = async () => (await troublesOf({ url, ca })).map(({ field }) => field).toSorted()
  expect(await troubles()).toEqual([])

  await disk.fill()
  const made: string[] = []
  const refusal = await makeUntilRefused(ask, made)
  expect(refusal).toMatchObject({ code: 'Unavailable', problems: [{ field: 'database' }] })
  await expect.poll(troubles, patient).toEqual(['database', 'nats'])
  await ask('WhoAmI')
  process.kill(killed, 'SIGKILL')
  await expect.poll(() => isThere(killed), patient).toBe(false)

  await disk.makeRoom()
  await expect.poll(troubles, patient).toEqual([])
  await expect.poll(async () => (await readRunning()).pidOf('postgres'), patient).not.toBe(killed)
  await ask('CreateUser', { name: 'after' })
  const { users } = await ask('ListUsers', { pageSize: 500 })
  const names = users.map(({ name }: { name: string }) => name)
  expect(names).toEqual(expect.arrayContaining([...made, 'after']))
}, 120_000)

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a server that was started again is the one that status names', async () => {
  const before = (await readRunning()).pidOf('nats')
  process.kill(before, 'SIGKILL')
  await expect.poll(async () => (await readRunning()).pidOf('nats'), patient).not.toBe(before)
  const { rest: url, ca } = await readRunning()
  await expect.poll(() => troublesOf({ url, ca }), patient).toEqual([])
})

/** Makes people until one is refused, and answers why. */
async function makeUntilRefused(
  ask: (method: string, request: object) => Promise<unknown>,
  made: string[],
): Promise<unknown> {
  for (;;) {
    const name = `during-${made.length + 1}`
    const refusal = await ask('CreateUser', { name }).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (refusal) return refusal
    made.push(name)
  }
}
