import { appendFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ownerOf } from '@slipway/embedded'
import { foundationOf, makeInstall } from '@slipway/install'
import { labProfile } from '@slipway/lab'
import { run, start, stop } from '@slipway/process'
import { descendants } from './chaos/machine-process.ts'
import type { Services, ServicesWish } from './separate-services.ts'

const repository = join(import.meta.dirname, '../..')

type Known = { rest: string; grpc: string; nats: string; repo: string; processes: { pid: number }[] }
type Ports = { postgres: number }

/** Starts `slipway up` unprivileged, a process that is called `all-in-one`; nodes reach repo-proxy at `address`. */
export async function startAllInOne({
  address,
  natsServer,
  ansibleVenv,
  logLevel,
  logs,
}: ServicesWish): Promise<Services> {
  const dir = await mkdtemp('/var/lib/slipway/all-in-one-')
  const owner = await ownerOf('slipway')
  const [data, profiles, temporary] = [join(dir, 'data'), join(dir, 'profiles'), join(dir, 'tmp')]
  for (const folder of [data, profiles, temporary]) await mkdir(folder)
  await writeFile(join(profiles, 'lab.yaml'), JSON.stringify(await labProfile()))
  const program = join(dir, 'nats-server')
  await copyFile(natsServer, program)
  await run(['chown', '--recursive', 'slipway:', dir])
  const argv = [process.execPath, join(repository, 'packages/cli/src/main.ts'), 'up']
  const env = {
    HOME: data,
    TMPDIR: temporary,
    SLIPWAY_DATA_DIR: data,
    SLIPWAY_ADDRESS: address,
    SLIPWAY_REPO_LISTEN: `${address}:0`,
    SLIPWAY_NATS_SERVER: program,
    SLIPWAY_ANSIBLE_VENV: ansibleVenv,
    SLIPWAY_HOST_PROFILES: profiles,
    SLIPWAY_LOG_LEVEL: logLevel,
  }
  const begin = async () => {
    const ready = Promise.withResolvers<void>()
    const onLine = (line: string) => {
      if (logs) appendFileSync(join(logs, 'all-in-one.log'), `${line}\n`)
      if (line.startsWith('Slipway is ready')) ready.resolve()
    }
    const child = start(argv, { ...owner, env, cwd: data, onLine })
    child.ended.then(({ stderr }) =>
      ready.reject(new Error(`slipway up ended before it was ready: ${stderr.slice(-2_000)}`)),
    )
    await ready.promise
    return child
  }
  const read = async <T>(file: string): Promise<T> => JSON.parse(await readFile(join(data, file), 'utf8'))
  let child = await begin()
  const { rest, grpc, nats: natsUrl, repo } = await read<Known>('running.json')
  const { postgres } = await read<Ports>('ports.json')
  const install = await makeInstall({ dir: data, names: { dns: [], ips: [] }, now: Date.now() })
  const databaseUrl = `postgresql://slipway:${encodeURIComponent(install.postgresPassword)}@127.0.0.1:${postgres}/postgres`
  return {
    ...{ dir, rest, grpc, repo, databaseUrl },
    names: ['all-in-one'],
    ca: await readFile(install.caFile, 'utf8'),
    enrolmentFile: join(data, 'first-administrator'),
    natsOf: (service) => foundationOf(install, service, { databaseUrl, natsUrl }).nats,
    pid: () => child.pid,
    runs: async () => {
      const { processes } = await read<Known>('running.json')
      const servers = processes.map(({ pid }) => pid).filter((pid) => pid !== child.pid)
      return descendants([child.pid], servers)
    },
    kill: async () => {
      process.kill(child.pid, 'SIGKILL')
      while (await isThere(child.pid)) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    start: async () => {
      child = await begin()
    },
    stop: async () => {
      await stop(child, 30_000)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Its end can't be waited for by its pipes: NATS and PostgreSQL, which outlive it, may have them too. */
async function isThere(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat !== '' && stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z'
}
