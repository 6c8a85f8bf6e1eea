import { existsSync } from 'node:fs'
import { readdir, rm, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { removeGroups } from './cgroup/groups.ts'
import { healTrees } from './fault/faults.ts'
import { removeWalls } from './fault/wall.ts'
import { findRunning } from './host/find.ts'
import { powerOff } from './host/power.ts'
import { foldersOf, namesOf } from './lab.ts'
import { withLock } from './lock.ts'
import { bridgeOwner, inUse, removeBridge } from './network/bridge.ts'
import { removeFirewall } from './network/firewall.ts'
import { restoreSettings } from './network/machine-settings.ts'
import { together } from './together.ts'
import { removeTree } from './tree/remove.ts'

/** Which lab is to go, and how. */
export type LabDown = {
  name: string
  dir: string
  /** Keeps hosts' files, keys and the record, so that the next `up` finds them as they were, their faults healed. */
  keepTrees?: boolean | undefined
  /** Cuts the hosts' power instead of asking. */
  force?: boolean | undefined
  report?: ((line: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/**
 * Takes a lab down and answers what was removed. Everything is found by name in the world, not in a record, so it
 * also clears up after a crash, and does nothing the second time.
 */
export async function labDown({
  name,
  keepTrees = false,
  force = false,
  ...rest
}: LabDown): Promise<string[]> {
  const { report = () => {}, signal } = rest
  const dir = resolve(rest.dir)
  const work = async () => {
    const owner = await bridgeOwner(name)
    if (owner && owner !== dir) throw inUse(name, owner)
    const removed = await endHosts(name, dir, { force, report, signal })
    if (keepTrees) await healTrees(dir)
    removed.push(...(await removeWalls(name)))
    await withLock('network', async () => {
      removed.push(...(await removeBridge(name)), ...(await removeFirewall(name)))
      await restoreSettings()
    })
    removed.push(...(await removeGroups((group) => group.startsWith(namesOf(name).groups))))
    if (!keepTrees) removed.push(...(await removeFiles(dir)))
    return removed
  }
  return withLock(`lab ${name}`, work, signal)
}

type End = { force: boolean; report: (line: string) => void; signal: AbortSignal | undefined }

async function endHosts(name: string, dir: string, { force, report, signal }: End): Promise<string[]> {
  const { machines } = namesOf(name)
  const trees = `${foldersOf(dir).hosts}/`
  const ours = (await findRunning()).filter(
    ({ machine, directory }) => machine.startsWith(machines) && directory.startsWith(trees),
  )
  if (ours.length > 0) report(`Powering off ${ours.length} hosts.`)
  await together(ours.map((host) => powerOff(host, { force, signal })))
  return ours.map(({ machine, keeper, nspawn }) => `host ${machine} (process ${keeper ?? nspawn})`)
}

/** Only what the lab itself put there; somebody may keep other things in the folder. */
async function removeFiles(dir: string): Promise<string[]> {
  const { hosts, keys, faults, record } = foldersOf(dir)
  const there = [hosts, keys, record].filter((path) => existsSync(path))
  for (const entry of await readdir(hosts).catch(() => [])) await removeTree(join(hosts, entry))
  await removeTree(hosts)
  for (const path of [keys, faults, record, `${record}.new`]) await rm(path, { recursive: true, force: true })
  await rmdir(dir).catch(() => {}) // not empty, or not there
  return there
}
