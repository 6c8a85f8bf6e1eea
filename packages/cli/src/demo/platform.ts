import { existsSync } from 'node:fs'
import { chmod, chown, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ownerOf } from '@slipway/embedded'
import { toSlipwayError, unavailable } from '@slipway/errors'
import { labProfile } from '@slipway/lab'
import { startDetached } from '@slipway/process'
import { stringify } from 'yaml'
import { type Connection, callApi } from '../api/client.ts'
import type { Settings } from '../config.ts'
import { type Place, readRecord, record } from './place.ts'

/** What `slipway up` wrote about itself. */
export type Running = {
  console: string
  rest: string
  openapi: string
  grpc: string
  nats: string
  repo: string
  caFile: string
  processes: { name: string; pid: number }[]
}

const USER = 'slipway'
const READY_MS = 60_000
const STOP_MS = 30_000

/** Starts the all-in-one as the unprivileged user, or finds the one that runs. */
export async function ensurePlatform(place: Place, settings: Settings, address: string): Promise<Running> {
  const known = await findRunning(place)
  if (known) return known
  await rm(place.running, { force: true })
  const owner = await ownerOf(USER)
  for (const folder of [place.dir, place.data, place.programs, place.profiles])
    await mkdir(folder, { recursive: true, mode: 0o755 })
  // A fresh temporary folder lets nobody else in.
  await chmod(place.dir, 0o755)
  if (owner) await chown(place.data, owner.uid, owner.gid)
  const nats = join(place.programs, 'nats-server')
  // Renamed over the old one: a server that a killed all-in-one left behind may still run it.
  await copyFile(join(settings.SLIPWAY_CACHE, 'bin/nats-server'), `${nats}.new`)
  await rename(`${nats}.new`, nats)
  const repository = join(import.meta.dirname, '../../../..')
  await writeFile(join(place.profiles, 'lab.yaml'), stringify(await labProfile()))
  const pid = await startDetached([process.execPath, join(repository, 'packages/cli/src/main.ts'), 'up'], {
    ...owner,
    cwd: place.data,
    logFile: place.log,
    env: {
      HOME: place.data,
      SLIPWAY_DATA_DIR: place.data,
      SLIPWAY_ADDRESS: address,
      SLIPWAY_REPO_LISTEN: `${address}:0`,
      SLIPWAY_NATS_SERVER: nats,
      SLIPWAY_ANSIBLE_VENV: settings.SLIPWAY_ANSIBLE_VENV,
      SLIPWAY_ANSIBLE_PLAYBOOKS: settings.SLIPWAY_ANSIBLE_PLAYBOOKS,
      SLIPWAY_HOST_PROFILES: place.profiles,
      SLIPWAY_LOOPBACK_HOSTS: String(settings.SLIPWAY_LOOPBACK_HOSTS),
      SLIPWAY_LOG_LEVEL: settings.SLIPWAY_LOG_LEVEL,
    },
  })
  await record(place, { pid })
  return becomesReady(place, pid)
}

/** The all-in-one of this demo, when it runs and answers. */
export async function findRunning(place: Place): Promise<Running | undefined> {
  const { pid } = await readRecord(place)
  if (!pid || !(await isOurs(pid)) || !existsSync(place.running)) return undefined
  return JSON.parse(await readFile(place.running, 'utf8')) as Running
}

/** Asks the all-in-one for a graceful stop, which ends its PostgreSQL and NATS too; kills it when it lingers. */
export async function endPlatform(pid: number): Promise<void> {
  if (!(await isOurs(pid))) return
  process.kill(pid, 'SIGTERM')
  const until = Date.now() + STOP_MS
  while ((await isOurs(pid)) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100))
  if (await isOurs(pid)) process.kill(pid, 'SIGKILL')
}

/** Whether a pid is still the all-in-one that the demo started. */
async function isOurs(pid: number): Promise<boolean> {
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  return argv.some((word) => word.endsWith('packages/cli/src/main.ts')) && argv.includes('up')
}

/** A connection as the administrator; the one-time code of the first start is redeemed on the first run. */
export async function administrator(place: Place, running: Running): Promise<Connection> {
  const ca = await readFile(running.caFile, 'utf8')
  const to = { url: running.rest, ca }
  if (!existsSync(place.token)) {
    const code = (await readFile(place.enrolment, 'utf8')).trim()
    const { secret } = await callApi(to, 'slipway.identity.v1.IdentityService/Enrol', {
      code,
      tokenName: 'demo',
    })
    await writeFile(place.token, secret, { mode: 0o600 })
  }
  return { ...to, token: (await readFile(place.token, 'utf8')).trim() }
}

const PERSON = 'demo'

/** A fresh one-time link with which a person chooses a password for the console; who has one keeps it until the link is used. */
export async function consoleLink(to: Connection, running: Running): Promise<{ name: string; link: string }> {
  const service = 'slipway.identity.v1.IdentityService'
  const made = await callApi(to, `${service}/CreateUser`, { name: PERSON, administrator: true }).catch(
    async (thrown) => {
      if (toSlipwayError(thrown).code !== 'Conflict') throw thrown
      const { users } = await callApi(to, `${service}/ListUsers`, { pageSize: 500 })
      const id = users.find(({ name }: { name: string }) => name === PERSON)?.id
      return callApi(to, `${service}/CreateEnrolmentCode`, { id })
    },
  )
  return { name: PERSON, link: `${running.console}/first-start#code=${made.enrolmentCode}` }
}

async function becomesReady(place: Place, pid: number): Promise<Running> {
  const until = Date.now() + READY_MS
  while (Date.now() < until) {
    const running = await findRunning(place)
    if (running) return running
    if (!(await isOurs(pid))) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const said = (await readFile(place.log, 'utf8').catch(() => '')).trim().split('\n').slice(-8).join('\n')
  throw unavailable('slipway up', `Slipway did not start:\n${said}`, `The whole log is ${place.log}.`)
}
