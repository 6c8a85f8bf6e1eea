import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readSettings } from '@slipway/cli/config'
import { type Ending, run, start } from '@slipway/process'
import type { World } from './world.ts'

/** What is on a host, each part as a list or map that compares. */
export type Inventory = Record<string, unknown>

/** Runs a command on one of the world's hosts, as its user. */
export function onHost(world: World, name: string, words: readonly string[]): Promise<Ending> {
  const host = world.hosts.find((one) => one.name === name)
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR']
  return start(
    [
      'ssh',
      ...options.flatMap((option) => ['-o', option]),
      ...['-i', host?.sshKeyFile ?? '', `${host?.user}@${host?.address}`, ...words],
    ],
    { deadlineMs: 30_000 },
  ).ended
}

/**
 * Reads what is on hosts, past Slipway. What is left out of it stands with its reason in the module `inventory` of
 * infra/ansible.
 */
export async function inventoryOf(
  world: World,
  names: readonly string[],
): Promise<Record<string, Inventory>> {
  const results = await playByHand(world, names, 'inventory.yml', {})
  return Object.fromEntries(results.map(({ name, result }) => [name, result.slipway_result as Inventory]))
}

/** What differs between two inventories, a line for each: `- gone`, `+ new`, with `files` and the like before it. */
export function differences(before: Inventory, after: Inventory): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((part) => {
    const [old, now] = [linesOf(before[part]), linesOf(after[part])]
    return [
      ...without(old, now).map((line) => `${part} - ${line}`),
      ...without(now, old).map((line) => `${part} + ${line}`),
    ]
  })
}

/** The way that the README of infra/ansible shows to people whose cluster was forgotten. */
export async function resetByHand(world: World, names: readonly string[], cluster: string): Promise<void> {
  await playByHand(world, names, 'reset.yml', {
    slipway_operation: 'hand/reset/1',
    slipway_cluster: { id: cluster },
  })
}

const PLAYBOOKS = join(import.meta.dirname, '../../infra/ansible')

async function playByHand(
  world: World,
  names: readonly string[],
  playbook: string,
  variables: Record<string, unknown>,
): Promise<{ name: string; result: Record<string, unknown> }[]> {
  const dir = await mkdtemp(join(world.dir, 'by-hand-'))
  const hosts = world.hosts.filter(({ name }) => names.includes(name))
  const entries = hosts.map(({ name, address, user, sshKeyFile }) => [
    name,
    { ansible_host: address, ansible_user: user, ansible_ssh_private_key_file: sshKeyFile },
  ])
  await writeFile(
    join(dir, 'hosts.json'),
    JSON.stringify({ all: { hosts: Object.fromEntries(entries), vars: variables } }),
  )
  try {
    await run(
      [
        join(readSettings().SLIPWAY_ANSIBLE_VENV, 'bin/ansible-playbook'),
        ...['-i', join(dir, 'hosts.json'), join(PLAYBOOKS, playbook)],
      ],
      {
        cwd: PLAYBOOKS,
        deadlineMs: 120_000,
        env: {
          LC_ALL: 'C.UTF-8',
          ANSIBLE_HOME: dir,
          ANSIBLE_HOST_KEY_CHECKING: 'false',
          // No connection outlives the play: each would be a process on the host that the next reading sees.
          ANSIBLE_SSH_ARGS: '-o ControlMaster=no -o UserKnownHostsFile=/dev/null',
          ANSIBLE_CALLBACKS_ENABLED: 'tree',
          ANSIBLE_CALLBACK_TREE_DIR: join(dir, 'results'),
        },
      },
    )
    return await Promise.all(
      hosts.map(async ({ name }) => ({
        name,
        result: JSON.parse(await readFile(join(dir, 'results', name), 'utf8')) as Record<string, unknown>,
      })),
    )
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function linesOf(part: unknown): string[] {
  if (Array.isArray(part)) return part.map((item) => text(item))
  if (part && typeof part === 'object') return Object.entries(part).map(([key, at]) => `${key}: ${text(at)}`)
  return [text(part)]
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Each line of the first that the second lacks; lines may stand there several times. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const count = left.get(line) ?? 0
    if (count > 0) left.set(line, count - 1)
    return count === 0
  })
}
