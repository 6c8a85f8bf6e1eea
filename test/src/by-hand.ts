import { mkdtemp, rm, writeFile } from 'node:fs/promises'
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
  const entries = Object.entries(hosts).map(([name, own]) => {
    const host = world.hosts.find((one) => one.name === name)
    const login = { ansible_host: host?.address, ansible_user: host?.user }
    return [name, { ...own, ...login, ansible_ssh_private_key_file: host?.sshKeyFile }]
  })
  const inventory = await file('hosts.json', { all: { hosts: Object.fromEntries(entries) } })
  const given = await file('variables.json', variables)
  try {
    const { exitCode, stdout, stderr } = await start(
      [
        join(venv, 'bin/ansible-playbook'),
        ...['--inventory', inventory, '--extra-vars', `@${given}`],
        ...(check ? ['--check'] : []),
        join(playbooks, playbook),
      ],
      {
        cwd: playbooks,
        deadlineMs: DEADLINE_MS,
        env: {
          LC_ALL: 'C.UTF-8',
          ANSIBLE_HOME: dir,
          ANSIBLE_HOST_KEY_CHECKING: 'false',
          // No connection outlives the play: each would be a process on the host that the next reading sees.
          ANSIBLE_SSH_ARGS: '-o ControlMaster=no -o UserKnownHostsFile=/dev/null',
          ANSIBLE_CALLBACK_PLUGINS: join(import.meta.dirname, '../ansible'),
          ANSIBLE_STDOUT_CALLBACK: 'results',
          PYTHONDONTWRITEBYTECODE: '1',
        },
      },
    ).ended
    const results = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as TaskResult)
    const failed = results
      .filter((one) => one.failed)
      .map(({ host, task, result }) => ({ host, task, ...result }))
    if (exitCode === 0 && results.length > 0) return results
    throw new Error(`${playbook} ended with ${exitCode}: ${JSON.stringify(failed)} ${stderr}`.slice(0, 4_000))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
