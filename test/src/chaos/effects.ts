import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asRoot } from '../on-host.ts'
import type { Draw } from './draw.ts'
import type { Site } from './site.ts'

type Effects = {
  /** Starts of each transient unit of the operation. */
  units: Record<string, number>
  packages: Record<string, number>
  /** Objects that were created while they were there. */
  twice: string[]
  evicted: Record<string, number>
  /** Changes of nodes that Slipway made. */
  nodes: Record<string, number>
}

/** Effects that the hosts and the API server saw more than once, or not at all. */
export async function effectProblems(
  site: Site,
  { operation: kind }: Draw,
  { since, operation, hosts }: { since: number; operation: string; hosts: readonly string[] },
): Promise<string[]> {
  const first = site.hosts[0]?.name ?? ''
  const asked = [...new Set([first, ...hosts])]
  const counts = await Promise.all(
    asked.map(async (host) => ({ host, ...(await countEffects(site, host, { since, operation })) })),
  )
  const problems = counts.flatMap((effects) => [
    ...moreThanOnce(effects.host, {
      unit: effects.units,
      package: effects.packages,
      eviction: effects.evicted,
    }),
    ...effects.twice.map((key) => `${effects.host}: ${key} was created twice`),
  ])
  const of = (host: string) => counts.find((one) => one.host === host)
  const absent = (expected: boolean, what: string) => (expected ? [] : [`${what} was not seen`])
  if (kind === 'create-cluster') {
    const inits = Object.keys(of(first)?.units ?? {}).filter((name) =>
      name.endsWith('-start-control-plane.service'),
    )
    problems.push(...absent(inits.length === 1, 'kubeadm init'))
  }
  if (kind === 'create-cluster' || kind === 'add-worker') {
    const joins = counts
      .flatMap(({ units }) => Object.keys(units))
      .filter((name) => name.endsWith('-join-workers.service'))
    problems.push(...absent(joins.length === 1, 'kubeadm join'))
  }
  if (kind === 'label-node' || kind === 'cordon-node') {
    const changed = Object.values(of(first)?.nodes ?? {})
    if (changed.length !== 1 || changed[0] !== 1) problems.push(`the node was changed ${changed} times`)
  }
  return problems
}

async function countEffects(
  { ground }: Site,
  host: string,
  { since, operation }: { since: number; operation: string },
): Promise<Effects> {
  const program = await readFile(join(import.meta.dirname, 'effects.py'), 'utf8')
  const script = `python3 - ${since / 1_000} ${operation} <<'END_OF_PROGRAM'\n${program}\nEND_OF_PROGRAM`
  return JSON.parse(await asRoot(ground, host, script))
}

function moreThanOnce(host: string, kinds: Record<string, Record<string, number>>): string[] {
  return Object.entries(kinds).flatMap(([kind, counts]) =>
    Object.entries(counts).flatMap(([name, count]) =>
      count > 1 ? [`${host}: ${kind} ${name} was done ${count} times`] : [],
    ),
  )
}
