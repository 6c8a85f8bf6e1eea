import { readdir, readFile } from 'node:fs/promises'
import type { Site } from './site.ts'

const TICKS = 100

/** CPU seconds that each part of a site has used so far, with its children; what asks is called bench. */
export async function cpuSeconds({ services, fleet }: Site): Promise<Map<string, number>> {
  const roots = new Map<string, number>([
    ...services.names.map((name) => [name, services.pid(name)] as const),
    ['fleet', fleet.pid],
    ['bench', process.pid],
  ])
  const all = new Map((await Promise.all((await readdir('/proc')).filter(Number).map(readStat))).flat())
  const used = new Map<string, number>()
  for (const name of roots.keys()) used.set(name, 0)
  for (const [pid, { ticks }] of all) {
    const name = ownerOf(pid, roots, all)
    if (name) used.set(name, (used.get(name) ?? 0) + ticks / TICKS)
  }
  return used
}

type Stat = { parent: number; ticks: number }

/** Which part a process belongs to: the nearest above it. */
function ownerOf(
  pid: number,
  roots: ReadonlyMap<string, number>,
  all: ReadonlyMap<number, Stat>,
): string | undefined {
  for (let at: number | undefined = pid; at; at = all.get(at)?.parent) {
    const found = [...roots].find(([, root]) => root === at)
    if (found) return found[0]
  }
  return undefined
}

/** Its own time and that of children it has waited for. */
async function readStat(pid: string): Promise<[number, Stat][]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  if (text === '') return []
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0)
  return [[Number(pid), { parent: fields[1] ?? 0, ticks }]]
}
