import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openBus } from '@slipway/bus'
import { asRoot } from '../on-host.ts'
import { until } from '../person.ts'
import { type MachineProcess, survivors } from './machine-process.ts'
import type { Site } from './site.ts'

/** What an operation that has ended left behind, on this machine, in the stores and on hosts. */
export async function leftBehind(
  site: Site,
  {
    before,
    hosts,
    patienceMs,
  }: { before: readonly MachineProcess[]; hosts: readonly string[]; patienceMs: number },
): Promise<string[]> {
  const look = async () =>
    (
      await Promise.all([
        leftRunning(site, before),
        leftInFolders(site),
        leftInRows(site),
        leftInStreams(site),
        ...hosts.map((host) => leftOnHost(site, host)),
      ])
    ).flat()
  let last: string[] = []
  const again = async () => {
    last = await look()
    return last
  }
  // A row is written before a process is gone: it may take a moment, not longer.
  return until(again, (left) => left.length === 0, patienceMs).catch(() => last)
}

async function leftRunning(site: Site, before: readonly MachineProcess[]): Promise<string[]> {
  const left = [...(await survivors(before)), ...(await site.services.runs())]
  return left.map(({ pid, argv }) => `process ${pid}: ${argv.slice(0, 6).join(' ')}`)
}

/** One folder of sockets belongs to the runner that lives. */
async function leftInFolders({ services }: Site): Promise<string[]> {
  const temporary = await readdir(join(services.dir, 'tmp'))
  const sockets = temporary.filter((name) => name.startsWith('slipway-runner-'))
  const mounts = (await readFile('/proc/mounts', 'utf8'))
    .split('\n')
    .filter((line) => line.includes(services.dir))
  return [
    ...temporary.filter((name) => !name.startsWith('slipway-runner-') && name !== 'node-compile-cache'),
    ...sockets.slice(1),
    ...mounts,
  ].map((name) => `temporary: ${name}`)
}

const rows = [
  [`operation's lease`, 'SELECT id FROM cluster_manager.operation WHERE lease_owner IS NOT NULL'],
  ['gathering', 'SELECT id FROM cluster_manager.host WHERE gathering IS NOT NULL'],
  [`run's lease`, 'SELECT id FROM ansible_runner.run WHERE lease_owner IS NOT NULL OR ended_at IS NULL'],
  ['event in the outbox', 'SELECT id FROM cluster_manager.outbox'],
  ['event in the outbox', 'SELECT id FROM ansible_runner.outbox'],
  ['event in the outbox', 'SELECT id FROM api_gateway.outbox'],
] as const

async function leftInRows({ query }: Site): Promise<string[]> {
  const left: string[] = []
  for (const [what, sql] of rows) {
    for (const { id } of await query<{ id: string }>(sql)) left.push(`${what} ${id}`)
  }
  return left
}

/** Work that nobody has done. */
async function leftInStreams({ services }: Site): Promise<string[]> {
  const bus = await openBus({ ...services.natsOf('cluster-manager'), name: 'cluster-manager' })
  try {
    const { state } = await bus.manager.streams.info('WORK')
    return state.messages > 0 ? [`${state.messages} messages of work`] : []
  } finally {
    await bus.close()
  }
}

/** A shell of its own finds itself; logins that end with it are not counted. */
const LOOK = `
systemctl list-units --all --plain --no-legend 'slipway-*' | awk '$1 != "slipway-firewall.service" {print "unit " $1}'
test ! -e /run/slipway/lock || echo "lock $(cat /run/slipway/lock)"
find /tmp /var/tmp /root/.ansible/tmp /home/*/.ansible/tmp -mindepth 1 -maxdepth 1 \\
  ! -name 'systemd-private-*' ! -name '.*-unix' 2>/dev/null | sed 's/^/file /'
pgrep --list-full --full 'AnsiballZ|ansible-tmp|ssh-agent' | grep -v pgrep | sed 's/^/process /'
pgrep --list-full sshd | grep -c '@notty' | awk '$1 > 1 {print $1 - 1 " logins"}'
`

async function leftOnHost({ ground }: Site, host: string): Promise<string[]> {
  const said = await asRoot(ground, host, LOOK)
  return said.split('\n').flatMap((line) => (line.trim() === '' ? [] : [`${host}: ${line}`]))
}
