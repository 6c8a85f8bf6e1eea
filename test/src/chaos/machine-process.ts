import { readdir, readFile } from 'node:fs/promises'

/** A process of this machine; `started` in clock ticks since boot tells it from a later one of the same number. */
export type MachineProcess = { pid: number; parent: number; started: number; argv: string[] }

/**
 * Everything that runs below some processes, zombies aside, whatever namespace it is in; nothing of `except` and of what
 * runs below that.
 */
export async function descendants(
  roots: readonly number[],
  except: readonly number[] = [],
): Promise<MachineProcess[]> {
  const all = await listProcesses()
  const below = new Set(roots)
  // A child may stand before its parent: numbers start anew at some time.
  for (let size = 0; size < below.size; ) {
    size = below.size
    for (const { pid, parent } of all) if (below.has(parent) && !except.includes(pid)) below.add(pid)
  }
  return all.filter(({ pid }) => below.has(pid) && !roots.includes(pid))
}

/** Those of some processes that are still there. */
export async function survivors(known: readonly MachineProcess[]): Promise<MachineProcess[]> {
  const now = new Map((await listProcesses()).map((one) => [one.pid, one.started]))
  return known.filter(({ pid, started }) => now.get(pid) === started)
}

async function listProcesses(): Promise<MachineProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return (await Promise.all(pids.map(readProcess))).flatMap((one) => one ?? [])
}

async function readProcess(pid: string): Promise<MachineProcess | undefined> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  const [stat, cmdline] = await Promise.all([read('stat'), read('cmdline')])
  // The second field is a name in brackets, which may hold anything.
  const [state, parent, ...more] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (stat === '' || state === 'Z') return undefined
  return { pid: Number(pid), parent: Number(parent), started: Number(more[17]), argv: cmdline.split('\0') }
}
