import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readSettings } from '@slipway/cli/config'
import { start } from '@slipway/process'
import type { World } from './world.ts'

/** What a task came to on a host. */
export type TaskResult = {
  host: string
  task: string
  changed: boolean
  failed: boolean
  result: Record<string, unknown>
}

/** A playbook, the hosts it is played on with the variables of each, and the variables of all. */
export type PlayByHand = {
  playbook: string
  hosts: Readonly<Record<string, Record<string, unknown>>>
  variables: Record<string, unknown>
  check?: boolean
}

const DEADLINE_MS = 180_000

/** Plays a playbook on hosts of the world past Slipway, the way that the README of infra/ansible shows; throws what failed. */
export async function playByHand(
  world: Pick<World, 'dir' | 'hosts'>,
  { playbook, hosts, variables, check = false }: PlayByHand,
): Promise<TaskResult[]> {
  const { SLIPWAY_ANSIBLE_PLAYBOOKS: playbooks, SLIPWAY_ANSIBLE_VENV: venv } = readSettings()
  const dir = await mkdtemp(join(world.dir, 'by-hand-'))
  const file = async (name: string, value: unknown) => {
    await writeFile(join(dir, name), JSON.stringify(value), { mode: 0o600 })
    return join(dir, name)
  }
  try {
    const inventory = await file('hosts.json', inventoryOf(world, hosts))
    const given = await file('variables.json', variables)
    const options = ['--inventory', inventory, '--extra-vars', `@${given}`, ...(check ? ['--check'] : [])]
    const argv = [join(venv, 'bin/ansible-playbook'), ...options, join(playbooks, playbook)]
    const env = environmentIn(dir)
    const { exitCode, stdout, stderr } = await start(argv, { cwd: playbooks, env, deadlineMs: DEADLINE_MS })
      .ended
    const results = resultsIn(stdout)
    if (exitCode === 0 && results.length > 0) return results
    const failed = JSON.stringify(results.filter((one) => one.failed))
    throw new Error(`${playbook} ended with ${exitCode}: ${failed} ${stderr}`.slice(0, 4_000))
  } finally {
    await closeConnections(dir)
    await rm(dir, { recursive: true, force: true })
  }
}

function inventoryOf({ hosts: known }: Pick<World, 'hosts'>, hosts: PlayByHand['hosts']) {
  const entries = Object.entries(hosts).map(([name, own]) => {
    const host = known.find((one) => one.name === name)
    const login = { ansible_host: host?.address, ansible_user: host?.user }
    return [name, { ...own, ...login, ansible_ssh_private_key_file: host?.sshKeyFile }]
  })
  return { all: { hosts: Object.fromEntries(entries) } }
}

const connectionsIn = (dir: string) => join(dir, 'connections')

function environmentIn(dir: string): Record<string, string> {
  return {
    LC_ALL: 'C.UTF-8',
    ANSIBLE_HOME: dir,
    ANSIBLE_HOST_KEY_CHECKING: 'false',
    ANSIBLE_SSH_ARGS: '-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null',
    ANSIBLE_SSH_CONTROL_PATH_DIR: connectionsIn(dir),
    ANSIBLE_CALLBACK_PLUGINS: join(import.meta.dirname, '../ansible'),
    ANSIBLE_STDOUT_CALLBACK: 'results',
    PYTHONDONTWRITEBYTECODE: '1',
  }
}

function resultsIn(stdout: string): TaskResult[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

/** No connection outlives the play: each would be a process on the host that the next reading sees. */
async function closeConnections(dir: string): Promise<void> {
  const connections = connectionsIn(dir)
  for (const socket of await readdir(connections).catch(() => []))
    await start(['ssh', '-o', `ControlPath=${join(connections, socket)}`, '-O', 'exit', 'any']).ended
}
