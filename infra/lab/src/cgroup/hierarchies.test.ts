import { expect, test } from 'vitest'
import { parseHierarchies } from './hierarchies.ts'

test('every mounted hierarchy is found with the own group in it, the named and the unified one too', () => {
  const mounts = [
    '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
    '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
    '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
    '40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime shared:9 - cgroup cgroup rw,xattr,name=systemd',
    '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
  ].join('\n')
  const groups = '9:name=systemd:/\n4:memory:/job/1\n1:cpu,cpuacct:/\n0::/\n'
  expect(parseHierarchies(mounts, groups)).toEqual([
    { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', current: '/sys/fs/cgroup/cpu,cpuacct/', version: 1 },
    { mountPoint: '/sys/fs/cgroup/memory', current: '/sys/fs/cgroup/memory/job/1', version: 1 },
    { mountPoint: '/sys/fs/cgroup/systemd', current: '/sys/fs/cgroup/systemd/', version: 1 },
    { mountPoint: '/sys/fs/cgroup/unified', current: '/sys/fs/cgroup/unified/', version: 2 },
  ])
})

test('a unified machine has one hierarchy', () => {
  const mounts = '25 23 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate'
  const groups = '0::/user.slice/user-0.slice/session-1.scope\n'
  expect(parseHierarchies(mounts, groups)).toEqual([
    {
      mountPoint: '/sys/fs/cgroup',
      current: '/sys/fs/cgroup/user.slice/user-0.slice/session-1.scope',
      version: 2,
    },
  ])
})
