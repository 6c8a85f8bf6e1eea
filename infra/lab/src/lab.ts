import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** The releases of Debian that a host can run. */
export const hostSystems = ['debian-12', 'debian-13'] as const
export type HostOs = (typeof hostSystems)[number]

/** The firewalls that a host can come with, switched on. */
export const hostFirewalls = ['none', 'firewalld', 'ufw', 'nftables'] as const
export type HostFirewall = (typeof hostFirewalls)[number]

/** One host as it was agreed on; complete. */
export type Host = {
  name: string
  address: string
  os: HostOs
  firewall: HostFirewall
  /** Who logs in. Anybody but root comes with root login switched off. */
  user: string
  sudo: 'nopasswd' | 'password'
}

/** One address and port outside the lab that hosts may reach while egress is closed. */
export type Allowed = { address: string; port: number; protocol: 'tcp' | 'udp' }

/** What hosts may reach: everything, or only each other and what is allowed by name. */
export type Egress = { mode: 'open' | 'closed'; allow: readonly Allowed[] }

/** A lab as it was agreed on; kept in `lab.json` of its folder. */
export type Lab = {
  name: string
  dir: string
  /** For example 10.78.0.0/24; the machine has its first address. */
  network: string
  gateway: string
  egress: Egress
  hosts: readonly Host[]
}

/** How each thing of a lab is called on the machine, so that it is found again after a crash. */
export function namesOf(lab: string): { bridge: string; table: string; groups: string; machines: string } {
  return {
    bridge: bridgeName(lab),
    table: `slipway_lab_${lab.replaceAll('-', '_')}`,
    groups: groupOf(`${lab}--`),
    machines: `${lab}--`,
  }
}

/** The name that nspawn knows a host by; unique on the machine, where host names alone are not. */
export function machineName(lab: string, host: string): string {
  return `${namesOf(lab).machines}${host}`
}

/** The name of the control groups of one host, by its machine name. */
export function groupOf(machine: string): string {
  return `slipway-lab-${machine}`
}

/** Where a lab keeps its things. */
export function foldersOf(dir: string) {
  return {
    record: join(dir, 'lab.json'),
    hosts: join(dir, 'hosts'),
    keys: join(dir, 'keys'),
    faults: join(dir, 'faults'),
    sshKey: join(dir, 'keys', 'id_ed25519'),
    knownHosts: join(dir, 'keys', 'known_hosts'),
    tree: (host: string) => join(dir, 'hosts', host),
    log: (host: string) => join(dir, 'hosts', `${host}.log`),
    sudoPassword: (host: string) => join(dir, 'keys', `${host}.sudo-password`),
  }
}

/** An interface name has at most 15 characters; a longer lab name is cut and told apart by a digest. */
function bridgeName(lab: string): string {
  const whole = `lab-${lab}`
  if (whole.length <= 15) return whole
  return `${whole.slice(0, 10)}-${createHash('sha256').update(lab).digest('hex').slice(0, 4)}`
}
