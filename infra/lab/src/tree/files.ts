import type { Host, Lab } from '../lab.ts'
import { SWAPS_FILE } from './swaps.ts'

/** A file of a host's tree. */
export type TreeFile = { path: string; text: string; mode?: number }

/** A link of a host's tree. */
export type TreeLink = { path: string; target: string }

/** What is written into a fresh host: its name, network and logins, and the one unit that makes it like a machine. */
export function hostFiles(lab: Lab, host: Host, from: { machineId: string; publicKey: string }): TreeFile[] {
  return [
    { path: 'etc/hostname', text: `${host.name}\n` },
    { path: 'etc/hosts', text: `127.0.0.1 localhost\n${host.address} ${host.name}\n` },
    { path: 'etc/machine-id', text: `${from.machineId}\n`, mode: 0o444 },
    { path: 'etc/systemd/network/10-host0.network', text: networkFile(lab, host) },
    { path: `etc/systemd/system/${UNIT}`, text: prepareUnit },
    { path: `${homeOf(host.user)}/.ssh/authorized_keys`, text: from.publicKey, mode: 0o600 },
    ...loginFiles(host),
  ]
}

/** What is switched on and off in a fresh host. */
export const hostLinks: readonly TreeLink[] = [
  {
    path: 'etc/systemd/system/multi-user.target.wants/systemd-networkd.service',
    target: '/lib/systemd/system/systemd-networkd.service',
  },
  { path: 'etc/systemd/system/sysinit.target.wants/lab-prepare.service', target: '../lab-prepare.service' },
  // would look for updates by itself some time after the start, and be counted as a drop
  { path: 'etc/systemd/system/apt-daily.timer', target: '/dev/null' },
  { path: 'etc/systemd/system/apt-daily-upgrade.timer', target: '/dev/null' },
]

/** The home folder of a user, below the tree. */
export function homeOf(user: string): string {
  return user === 'root' ? 'root' : `home/${user}`
}

const UNIT = 'lab-prepare.service'

/** Its name sorts before Debian's 80-container-host0.network, which would leave only a link-local address. */
function networkFile(lab: Lab, host: Host): string {
  const prefix = lab.network.split('/')[1]
  return `[Match]
Name=host0
[Network]
Address=${host.address}/${prefix}
Gateway=${lab.gateway}
LinkLocalAddressing=no
IPv6AcceptRA=no
`
}

/**
 * nspawn mounts the version 1 controllers read-only, and a plain "remount,rw" says busy: the bind has to be remounted.
 * kubelet also wants / shared and /sys writable. Harmless where control groups are unified.
 */
const prepareUnit = `[Unit]
Description=Make this lab host like a machine
DefaultDependencies=no
Before=sysinit.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for c in /sys/fs/cgroup/*; do mountpoint -q $c && mount -o remount,bind,rw $c || true; done'
ExecStart=/bin/mount --make-rshared /
ExecStart=-/bin/mount -o remount,bind,rw /sys
ExecStart=-/bin/mount -o remount,rw /proc/sys
ExecStart=/bin/sh -c '! [ -e /${SWAPS_FILE} ] || mount --bind /${SWAPS_FILE} /proc/swaps'
[Install]
WantedBy=sysinit.target
`

function loginFiles({ user, sudo }: Host): TreeFile[] {
  if (user === 'root') return []
  const right = sudo === 'nopasswd' ? 'NOPASSWD: ALL' : 'ALL'
  return [
    { path: 'etc/ssh/sshd_config.d/10-lab.conf', text: 'PermitRootLogin no\n' },
    { path: `etc/sudoers.d/lab-${user}`, text: `${user} ALL=(ALL:ALL) ${right}\n`, mode: 0o440 },
  ]
}
