import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunServiceServer, RunServiceService } from '@slipway/contracts/run/v1/run_service'
import { ownerOf } from '@slipway/embedded'
import { run, start } from '@slipway/process'
import type { Client } from '@slipway/rpc'
import type { Platform } from '@slipway/testing'
import { playbooks } from './install.ts'

/** A runner in a process of its own, unprivileged, as in production. */
export type RunnerProcess = {
  pid: number
  address: string
  client: Client<RunServiceServer>
  gateway: Client<RunServiceServer>
  /** Its resident memory in MiB. */
  memory: () => Promise<number>
  /** Ends it with a signal and waits until it is gone. */
  end: (signal: NodeJS.Signals) => Promise<void>
}

/** Lets the unprivileged user read the keys of a test's platform, and gives it a folder for its sockets. */
export async function giveKeys(platform: Platform): Promise<void> {
  await mkdir(join(platform.dir, 'tmp'))
  await run(['chown', '--recursive', 'slipway:', join(platform.dir, 'keys'), join(platform.dir, 'tmp')])
}

/** Starts main.ts as the user slipway. */
export async function startRunner(platform: Platform, venv: string): Promise<RunnerProcess> {
  const { databaseUrl, nats, files, logLevel } = platform.foundation('ansible-runner')
  const env = {
    SLIPWAY_DATABASE_URL: databaseUrl,
    SLIPWAY_NATS_URL: nats.url,
    SLIPWAY_NATS_CREDS: nats.credsFile,
    SLIPWAY_CA: files.ca,
    SLIPWAY_CERT: files.cert,
    SLIPWAY_KEY: files.key,
    SLIPWAY_SEED: files.seed,
    SLIPWAY_PUBLIC_KEYS: files.publicKeys,
    SLIPWAY_LOG_LEVEL: logLevel,
    SLIPWAY_ANSIBLE_PLAYBOOKS: playbooks,
    SLIPWAY_ANSIBLE_VENV: venv,
    // what a killed one leaves there goes with the platform
    TMPDIR: join(platform.dir, 'tmp'),
  }
  let ready: (address: string) => void = () => {}
  const address = new Promise<string>((resolve) => {
    ready = resolve
  })
  const child = start([process.execPath, join(import.meta.dirname, '../src/main.ts')], {
    ...(await ownerOf('slipway')),
    env,
    cwd: '/',
    onLine: (line, stream) => {
      if (stream === 'stdout') ready(JSON.parse(line).addresses.rpc)
    },
  })
  const failed = child.ended.then(({ stderr }) =>
    Promise.reject(new Error(`the runner did not start: ${stderr}`)),
  )
  failed.catch(() => {}) // its end is expected later
  const at = { service: 'ansible-runner', address: await Promise.race([address, failed]) } as const
  return {
    pid: child.pid,
    address: at.address,
    client: await platform.client<RunServiceServer>(RunServiceService, { ...at, as: 'cluster-manager' }),
    gateway: await platform.client<RunServiceServer>(RunServiceService, { ...at, as: 'api-gateway' }),
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
    },
    end: async (signal) => {
      process.kill(child.pid, signal)
      await child.ended
    },
  }
}

/** Processes whose command line has a word. */
export async function processesOf(word: string): Promise<number[]> {
  const found: number[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (argv.includes(word)) found.push(Number(pid))
  }
  return found
}
