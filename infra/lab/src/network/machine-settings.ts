import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { anyBridge } from './bridge.ts'

// Kept in /run, which forgets at the same moment as the kernel does.
const MEMORY = '/run/slipway-lab/settings.json'

const WANTED: readonly { path: string; atLeast: number }[] = [
  { path: '/proc/sys/net/ipv4/ip_forward', atLeast: 1 },
  // root of every host is one user to the kernel, and systemd, containerd and kubelet each take some
  { path: '/proc/sys/fs/inotify/max_user_instances', atLeast: 1024 },
  { path: '/proc/sys/fs/inotify/max_user_watches', atLeast: 524_288 },
]

/** Raises the kernel settings that hosts share with the machine, and remembers what they were. */
export async function raiseSettings(): Promise<void> {
  const memory = await remembered()
  for (const { path, atLeast } of WANTED) {
    const now = Number(await readFile(path, 'utf8'))
    if (now >= atLeast) continue
    memory[path] ??= now
    await mkdir(dirname(MEMORY), { recursive: true })
    await writeFile(MEMORY, JSON.stringify(memory))
    await writeFile(path, String(atLeast))
  }
}

/** Puts the settings back when the last lab is gone. */
export async function restoreSettings(): Promise<void> {
  if (await anyBridge()) return
  for (const [path, before] of Object.entries(await remembered())) {
    if (WANTED.some((wanted) => wanted.path === path)) await writeFile(path, String(before))
  }
  await rm(dirname(MEMORY), { recursive: true, force: true })
}

async function remembered(): Promise<Record<string, number>> {
  const text = await readFile(MEMORY, 'utf8').catch(() => '{}')
  return JSON.parse(text) as Record<string, number>
}
