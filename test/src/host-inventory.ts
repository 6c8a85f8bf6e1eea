import { type Ending, start } from '@slipway/process'
import { playByHand } from './by-hand.ts'
import type { World } from './world.ts'

/** What is on a host, each part as a list or map that compares. */
export type Inventory = Record<string, unknown>

/** Runs a command on one of the world's hosts, as its user. */
export function onHost(world: Pick<World, 'hosts'>, name: string, words: readonly string[]): Promise<Ending> {
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
  world: Pick<World, 'dir' | 'hosts'>,
  names: readonly string[],
): Promise<Record<string, Inventory>> {
  const results = await playByHand(world, { playbook: 'inventory.yml', hosts: bare(names), variables: {} })
  return Object.fromEntries(results.map(({ host, result }) => [host, result.slipway_result as Inventory]))
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
  const variables = { slipway_operation: 'hand/reset/1', slipway_cluster: { id: cluster } }
  await playByHand(world, { playbook: 'reset.yml', hosts: bare(names), variables })
}

function bare(names: readonly string[]): Record<string, Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, {}]))
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
