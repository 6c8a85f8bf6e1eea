import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'

/** A running host: the names it was started with, and the processes that carry it. */
export type Running = {
  machine: string
  directory: string
  /** Ours, which starts the host again when it reboots; undefined when somebody ended it. */
  keeper: number | undefined
  /** nspawn's; undefined for a moment while the host reboots. */
  nspawn: number | undefined
}

type Found = { pid: number; parent: number; kind: 'keeper' | 'nspawn'; machine: string; directory: string }

/** Every host that runs on this machine, of any lab, found by what its processes were started with. */
export async function findRunning(): Promise<Running[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = (await Promise.all(pids.map(readProcess))).flatMap((one) => one ?? [])
  return gather(found)
}

/** Joins processes to hosts; of those with one command line the outermost counts, the others are its forks. */
export function gather(found: readonly Found[]): Running[] {
  const hosts = new Map<string, Running>()
  for (const { pid, parent, kind, machine, directory } of found) {
    if (found.some((other) => other.pid === parent && other.kind === kind)) continue
    const key = `${machine} ${directory}`
    const host = hosts.get(key) ?? { machine, directory, keeper: undefined, nspawn: undefined }
    hosts.set(key, { ...host, [kind]: pid })
  }
  return [...hosts.values()]
}

/** The host's own first process as this machine numbers it; undefined while it starts or restarts. */
export async function leaderOf({ nspawn }: Running): Promise<number | undefined> {
  if (nspawn === undefined) return undefined
  const children = await readFile(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8').catch(() => '')
  for (const child of children.trim().split(/\s+/).filter(Boolean).map(Number)) {
    const name = await readFile(`/proc/${child}/comm`, 'utf8').catch(() => '')
    if (name.trim() === 'systemd') return child
  }
  return undefined
}

async function readProcess(pid: number): Promise<Found | undefined> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const kind = kindOf(words)
  const machine = optionOf(words, '--machine=')
  const directory = optionOf(words, '--directory=')
  if (!kind || !machine || !directory) return undefined
  return { pid, parent: await parentOf(pid), kind, machine, directory }
}

function kindOf([program = '', script = '']: readonly string[]): Found['kind'] | undefined {
  if (basename(program) === 'systemd-nspawn') return 'nspawn'
  return basename(program) === 'sh' && basename(script) === 'launch.sh' ? 'keeper' : undefined
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1] ?? -1)
}

function optionOf(words: readonly string[], option: string): string | undefined {
  return words.find((word) => word.startsWith(option))?.slice(option.length)
}
