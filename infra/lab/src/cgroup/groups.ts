import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../until.ts'
import { hierarchies, hierarchiesToPrepare } from './hierarchies.ts'

const GONE_MS = 10_000

/**
 * Makes the groups that a host is started in, one in each hierarchy, and answers their folders. Left out, two hosts
 * share /kubepods (controllers) and /payload (systemd, unified), and kubelet can never remove a pod's group.
 */
export async function createGroups(name: string): Promise<string[]> {
  const folders = (await hierarchiesToPrepare()).map(({ current }) => join(current, name))
  for (const folder of folders) {
    await mkdir(folder, { recursive: true })
    // a new cpuset has no processors and no memory, and refuses processes until it has
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (!existsSync(join(folder, file)) || (await readFile(join(folder, file), 'utf8')).trim()) continue
      await writeFile(join(folder, file), await readFile(join(folder, '..', file), 'utf8'))
    }
  }
  return folders
}

/** Finds groups by their name, wherever the program that made them ran. */
export async function findGroups(matches: (name: string) => boolean): Promise<string[]> {
  const roots = [...new Set((await hierarchies()).map(({ mountPoint }) => mountPoint))]
  return (await Promise.all(roots.map((root) => findBelow(root, matches)))).flat()
}

/** Ends what is left in the groups and removes them with all that the host made inside; answers what was there. */
export async function removeGroups(matches: (name: string) => boolean): Promise<string[]> {
  const found = await findGroups(matches)
  for (const folder of found) {
    await until(() => removeTree(folder), {
      deadlineMs: GONE_MS,
      what: `control group ${folder} to be empty`,
    })
  }
  return found.map((folder) => `control group ${folder}`)
}

async function findBelow(folder: string, matches: (name: string) => boolean): Promise<string[]> {
  const found: string[] = []
  for (const name of await childrenOf(folder)) {
    const child = join(folder, name)
    if (matches(name)) found.push(child)
    else found.push(...(await findBelow(child, matches)))
  }
  return found
}

/** One attempt; false while a process that was told to end is still on its way out. */
async function removeTree(folder: string): Promise<boolean> {
  for (const name of await childrenOf(folder)) {
    if (!(await removeTree(join(folder, name)))) return false
  }
  for (const pid of await processesIn(folder)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {} // gone meanwhile
  }
  return rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  )
}

async function processesIn(folder: string): Promise<number[]> {
  const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')
  return text
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 1)
}

async function childrenOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}
