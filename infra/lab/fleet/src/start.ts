import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { unavailable } from '@slipway/errors'
import { startDetached } from '@slipway/process'

/** A fleet that runs in a process of its own. */
export type RunningFleet = { pid: number; venv: string }

const MAIN = join(import.meta.dirname, 'main.ts')
const READY_MS = 20_000
const STOP_MS = 20_000

/**
 * Starts a fleet in a folder, or finds the one that runs there; it outlives this process. `pace` 1 is that of real hosts,
 * 0 takes no time; `cacheDir` has the programs of Kubernetes.
 */
export async function startFleet(options: {
  dir: string
  cacheDir: string
  pace?: number
  servers?: number
}): Promise<RunningFleet> {
  const { dir, cacheDir, pace = 1, servers = 1 } = options
  const known = await findFleet(dir)
  if (known) return known
  await stopFleet(dir)
  await mkdir(dir, { recursive: true, mode: 0o755 })
  const logFile = join(dir, 'fleet.log')
  await startDetached([process.execPath, MAIN], {
    cwd: dir,
    logFile,
    env: {
      SLIPWAY_FLEET_DIR: dir,
      SLIPWAY_FLEET_PACE: String(pace),
      SLIPWAY_FLEET_SERVERS: String(servers),
      SLIPWAY_CACHE: cacheDir,
    },
  })
  for (const until = Date.now() + READY_MS; Date.now() < until; await pause(50)) {
    const running = await findFleet(dir)
    if (running) return running
  }
  const said = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-8).join('\n')
  throw unavailable('fleet', `the fleet did not start: ${said}`, `The whole log is ${logFile}.`)
}

/** The fleet that runs in a folder. */
export async function findFleet(dir: string): Promise<RunningFleet | undefined> {
  const text = await readFile(join(dir, 'fleet.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const said = JSON.parse(text) as RunningFleet
  return (await processesOf(dir)).includes(said.pid) ? said : undefined
}

/** Stops it and whatever of it is left, also after a crash, and removes what it made. Answers whether there was any. */
export async function stopFleet(dir: string): Promise<boolean> {
  const fleet = await findFleet(dir)
  if (fleet) process.kill(fleet.pid, 'SIGTERM')
  const until = Date.now() + STOP_MS
  while ((await processesOf(dir)).length > 0 && fleet && Date.now() < until) await pause(50)
  for (const pid of await processesOf(dir)) process.kill(pid, 'SIGKILL')
  const was = existsSync(dir)
  await rm(dir, { recursive: true, force: true })
  return was
}

/** What a playbook does besides or instead of its work. */
export type Trouble = {
  /** Prints so many lines a second for so long, before anything else; of these texts in turn, when there are any. */
  flood?: { rate: number; seconds: number; texts?: readonly string[] }
  /** Then fails on its last host. */
  fail?: { task: string; message: string; lines?: readonly string[] }
}

/** Lets playbooks (by file name: preflight.yml) flood or fail from their next run on; nothing any more for none. */
export async function troubleFleet({ venv }: RunningFleet, troubles: Record<string, Trouble>): Promise<void> {
  const file = join(venv, 'trouble.json')
  await writeFile(`${file}.new`, JSON.stringify(troubles))
  await rename(`${file}.new`, file)
}

/** A fleet's own process by where it works, and those of its API servers by the folder in their command lines. */
async function processesOf(dir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const ours = await Promise.all(
    pids.map(async (pid) => {
      const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
      if (argv.some((word) => word.includes(`${dir}/slipway-control-plane-`))) return [pid]
      if (!argv.includes(MAIN)) return []
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      return environment.split('\0').includes(`SLIPWAY_FLEET_DIR=${dir}`) ? [pid] : []
    }),
  )
  return ours.flat()
}
