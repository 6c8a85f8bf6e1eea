import { findRunning, type Running } from './host/find.ts'
import { SSH_PORT } from './host/reach.ts'
import { type Egress, foldersOf, type Host, type Lab, machineName, namesOf } from './lab.ts'
import { readLab } from './record.ts'

/** A host and how to reach it. */
export type LabHost = Host & {
  state: 'running' | 'off'
  /** The process that keeps it running, over its reboots too; undefined while the host is off. */
  pid: number | undefined
  port: number
  sshKeyFile: string
  knownHostsFile: string
  /** Where sudo asks for a password: the file that holds it (root only). */
  sudoPasswordFile: string | undefined
  logFile: string
}

/** A lab as it is now. */
export type LabState = {
  name: string
  dir: string
  network: string
  /** The machine's own address on the bridge. */
  gateway: string
  bridge: string
  egress: Egress
  hosts: LabHost[]
}

/** What runs; undefined when the folder holds no lab. */
export async function labList({ dir }: { dir: string }): Promise<LabState | undefined> {
  const lab = await readLab(dir)
  return lab && describe(lab)
}

/** Joins what was agreed with what runs. */
export async function describe(lab: Lab): Promise<LabState> {
  const running = await findRunning()
  const { name, dir, network, gateway, egress } = lab
  const hosts = lab.hosts.map((host) => describeHost(lab, host, running))
  return { name, dir, network, gateway, bridge: namesOf(name).bridge, egress, hosts }
}

function describeHost(lab: Lab, host: Host, running: readonly Running[]): LabHost {
  const folders = foldersOf(lab.dir)
  const machine = machineName(lab.name, host.name)
  const directory = folders.tree(host.name)
  const found = running.find((one) => one.machine === machine && one.directory === directory)
  const pid = found?.keeper ?? found?.nspawn
  const asksPassword = host.user !== 'root' && host.sudo === 'password'
  return {
    ...host,
    state: pid === undefined ? 'off' : 'running',
    pid,
    port: SSH_PORT,
    sshKeyFile: folders.sshKey,
    knownHostsFile: folders.knownHosts,
    sudoPasswordFile: asksPassword ? folders.sudoPassword(host.name) : undefined,
    logFile: folders.log(host.name),
  }
}
