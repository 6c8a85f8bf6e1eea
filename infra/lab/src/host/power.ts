import { rmdir } from 'node:fs/promises'
import { unavailable } from '@slipway/errors'
import { run } from '@slipway/process'
import { createGroups, removeGroups } from '../cgroup/groups.ts'
import { hasCgroupV1, hierarchiesToPrepare } from '../cgroup/hierarchies.ts'
import { foldersOf, groupOf, type Host, type Lab, machineName, namesOf } from '../lab.ts'
import { until } from '../until.ts'
import { findRunning, type Running } from './find.ts'
import { nspawnCommand, nspawnEnvironment } from './nspawn.ts'

const LAUNCHER = new URL('launch.sh', import.meta.url).pathname
const POWER_OFF_MS = 45_000
const END_MS = 10_000

/** The running host; undefined while it is off. */
export async function runningHost(lab: Lab, host: Host): Promise<Running | undefined> {
  return findSame({
    machine: machineName(lab.name, host.name),
    directory: foldersOf(lab.dir).tree(host.name),
  })
}

/** Starts a host that is off; it outlives this program. Answers its keeper before the host has booted. */
export async function powerOn(lab: Lab, host: Host): Promise<number> {
  const machine = machineName(lab.name, host.name)
  const folders = foldersOf(lab.dir)
  // whatever a crash left of the host would still answer at its address
  await endRemains(machine)
  const groups = await createGroups(groupOf(machine))
  const [cgroupV1, prepared] = await Promise.all([hasCgroupV1(), hierarchiesToPrepare()])
  const command = nspawnCommand({
    host,
    machine,
    tree: folders.tree(host.name),
    bridge: namesOf(lab.name).bridge,
    cgroupV1,
    scope: prepared.length === 0,
  })
  // --fork: a child of init, in a session of its own
  const argv = ['setsid', '--fork', '/bin/sh', LAUNCHER, folders.log(host.name), ...groups, '--', ...command]
  const ending = await run(argv, { env: nspawnEnvironment })
  const keeper = Number(ending.stdout.trim())
  if (keeper > 1) return keeper
  throw unavailable(
    `host ${host.name}`,
    `It could not be started: ${ending.stderr.trim()}`,
    'Run `lab up` again.',
  )
}

/** How a host is switched off; `force` cuts the power. */
export type PowerOff = { force?: boolean; signal?: AbortSignal | undefined }

/** Asks a host to power off and waits; cuts its power when it hangs. */
export async function powerOff(running: Running, { force = false, signal }: PowerOff = {}): Promise<void> {
  if (!force) {
    // nspawn takes a second SIGTERM as an order to end at once, so there is only this one
    send(running.keeper ?? running.nspawn, 'SIGTERM')
    if (await isOff(running, POWER_OFF_MS, signal)) return endRemains(running.machine)
  }
  const now = await findSame(running)
  // the keeper first: it would start the host again
  send(now?.keeper, 'SIGKILL')
  send(now?.nspawn, 'SIGKILL')
  if (await isOff(running, END_MS, signal)) return endRemains(running.machine)
  throw unavailable(
    running.machine,
    'Its processes do not end.',
    'Look what the kernel holds them with (ps, dmesg).',
  )
}

/** Looks a host up again: numbers of processes are only good for the moment. */
export async function findSame({ machine, directory }: Pick<Running, 'machine' | 'directory'>) {
  return (await findRunning()).find((one) => one.machine === machine && one.directory === directory)
}

async function isOff(
  running: Running,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const look = async () => (await findSame(running)) === undefined
  return until(look, { deadlineMs, what: `${running.machine} to end`, signal }).then(
    () => true,
    (error: unknown) => {
      signal?.throwIfAborted()
      if (error instanceof Error && error.name === 'SlipwayError') return false
      throw error
    },
  )
}

/** Ends what outlived nspawn, with its groups; and the empty folder that nspawn leaves where /run is no tmpfs. */
async function endRemains(machine: string): Promise<void> {
  await removeGroups((group) => group === groupOf(machine))
  await rmdir(`/run/systemd/nspawn/propagate/${machine}`).catch(() => {})
}

function send(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || pid <= 1) return
  try {
    process.kill(pid, signal)
  } catch {} // gone meanwhile, which is what was wanted
}
