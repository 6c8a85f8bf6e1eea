import type { Host, HostOs } from '../lab.ts'
import { firewalls } from './firewalls.ts'

/** What the machine needs, by Debian package, and the program that shows it is there. */
export const debianPackages = [
  { name: 'debootstrap', program: 'debootstrap' },
  { name: 'systemd-container', program: 'systemd-nspawn' },
  { name: 'nftables', program: 'nft' },
  { name: 'iproute2', program: 'ip' },
  { name: 'openssh-client', program: 'ssh-keygen' },
  { name: 'util-linux', program: 'unshare' },
] as const

/** The code name of a release, as mirrors know it. */
export const suites: Record<HostOs, string> = { 'debian-12': 'bookworm', 'debian-13': 'trixie' }

/** What goes into the base tree of a host, as a list for debootstrap. */
export function packagesOf({ firewall }: Pick<Host, 'firewall'>): string[] {
  return [...hostPackages, ...firewalls[firewall].packages]
}

/**
 * What every host starts with beyond Debian's required packages: what a rented machine has and Ansible needs.
 * python3, not -minimal, which lacks modules that ansible-core imports. Nothing a cluster wants: that is the test.
 */
const hostPackages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'udev',
  'openssh-server',
  'python3',
  'iproute2',
  'sudo',
] as const
