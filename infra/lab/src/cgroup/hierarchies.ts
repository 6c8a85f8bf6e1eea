import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A mounted control group hierarchy and the folder of this process's own group in it. */
export type Hierarchy = { mountPoint: string; current: string; version: 1 | 2 }

/** The hierarchies in which a host needs a group made by hand before it starts; none where systemd does that. */
export async function hierarchiesToPrepare(): Promise<Hierarchy[]> {
  const all = await hierarchies()
  // With v2 alone and systemd in charge, nspawn asks systemd for a scope of its own.
  return all.some(({ version }) => version === 1) || !systemdRuns() ? all : []
}

/** Whether this machine still has the old control groups, alone or beside the new ones. */
export async function hasCgroupV1(): Promise<boolean> {
  return (await hierarchies()).some(({ version }) => version === 1)
}

/** Whether systemd is in charge of this machine. */
function systemdRuns(): boolean {
  return existsSync('/run/systemd/system')
}

/** Every hierarchy that is mounted here, the named one (systemd) and the unified one too. */
export async function hierarchies(): Promise<Hierarchy[]> {
  const [mounts, groups] = await Promise.all([
    readFile('/proc/self/mountinfo', 'utf8'),
    readFile('/proc/self/cgroup', 'utf8'),
  ])
  return parseHierarchies(mounts, groups)
}

/** Joins what /proc/self/mountinfo and /proc/self/cgroup say. */
export function parseHierarchies(mountinfo: string, cgroup: string): Hierarchy[] {
  const groups = cgroup
    .trim()
    .split('\n')
    .map((line) => {
      const [, controllers = '', ...path] = line.split(':')
      return { controllers, path: path.join(':') }
    })
  return mountinfo.split('\n').flatMap((line): Hierarchy[] => {
    const [left = '', right = ''] = line.split(' - ')
    const [, , , root = '/', mountPoint = ''] = left.split(' ')
    const [type, , options = ''] = right.split(' ')
    if (type !== 'cgroup' && type !== 'cgroup2') return []
    const group = groups.find(({ controllers }) =>
      type === 'cgroup2'
        ? controllers === ''
        : controllers !== '' && controllers.split(',').every((name) => options.split(',').includes(name)),
    )
    if (!group) return []
    const below = root !== '/' && group.path.startsWith(root) ? group.path.slice(root.length) : group.path
    return [{ mountPoint, current: join(mountPoint, below), version: type === 'cgroup2' ? 2 : 1 }]
  })
}
