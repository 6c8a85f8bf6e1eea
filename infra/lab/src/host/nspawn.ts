import type { Host } from '../lab.ts'

/** What one start of nspawn depends on besides the host. */
export type Start = {
  host: Host
  machine: string
  tree: string
  bridge: string
  cgroupV1: boolean
  /** Whether this machine's systemd gives nspawn a scope of its own (cgroup v2 alone). */
  scope: boolean
}

// nspawn's filter would keep kubelet, containerd and runc from calls that a real host has.
const SYSTEM_CALLS = '@keyring bpf @mount @privileged @module @swap @reboot @raw-io @clock @debug'

/** The command that runs a host; each argument cost a failure (see README). */
export function nspawnCommand({ host, machine, tree, bridge, cgroupV1, scope }: Start): string[] {
  return [
    'systemd-nspawn',
    `--directory=${tree}`,
    '--boot',
    `--machine=${machine}`,
    `--hostname=${host.name}`,
    '--settings=no',
    '--register=no',
    ...(scope ? [] : ['--keep-unit']),
    `--network-bridge=${bridge}`,
    '--capability=all',
    // the clock is the machine's, and a host that set it would set it for all
    '--drop-capability=CAP_SYS_TIME',
    `--system-call-filter=${SYSTEM_CALLS}`,
    '--bind=/dev/kmsg',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    // after nspawn's options, so that systemd 256 and newer read it as a word of the kernel's command line
    ...(cgroupV1 && host.os !== 'debian-12' ? ['SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1'] : []),
  ]
}

/** The environment nspawn needs: /proc and /sys of a host are writable, as kubelet and kube-proxy expect. */
export const nspawnEnvironment = { SYSTEMD_NSPAWN_API_VFS_WRITABLE: '1' }
