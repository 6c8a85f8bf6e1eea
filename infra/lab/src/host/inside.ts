import { unavailable } from '@slipway/errors'
import { type Ending, start } from '@slipway/process'
import { until } from '../until.ts'
import { leaderOf, type Running } from './find.ts'
import { findSame } from './power.ts'

const REBOOT_MS = 60_000
const NAMESPACES = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd']

/** Has a host's own systemd reboot it, and waits until another first process runs there. */
export async function reboot(running: Running, signal?: AbortSignal): Promise<void> {
  const before = await leaderOf(running)
  if (before === undefined) return // it is just starting
  await enter(before, ['systemctl', 'reboot'], 15_000) // may be cut off by what it asks for
  const another = async () => {
    const found = await findSame(running)
    const now = found && (await leaderOf(found))
    return now !== undefined && now !== before
  }
  await until(another, { deadlineMs: REBOOT_MS, what: `${running.machine} to reboot`, signal })
}

/** Runs a command in a host, beside its first process; needs neither network nor sshd. */
export async function runInside(
  running: Running,
  argv: readonly string[],
  { deadlineMs = 15_000 }: { deadlineMs?: number } = {},
): Promise<Ending> {
  const leader = await leaderOf(running)
  if (leader === undefined)
    throw unavailable(running.machine, 'It is just starting.', 'Try again in a moment.')
  const ending = await enter(leader, argv, deadlineMs)
  if (ending.exitCode === 0) return ending
  throw unavailable(
    running.machine,
    `${argv[0]} failed: ${ending.stderr.trim()}`,
    'Is the host still healthy?',
  )
}

function enter(leader: number, argv: readonly string[], deadlineMs: number): Promise<Ending> {
  return start(['nsenter', '--target', String(leader), ...NAMESPACES, '--', ...argv], { deadlineMs }).ended
}
