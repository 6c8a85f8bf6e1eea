import { labClock } from './clock.ts'
import { labOtherContainerd } from './containerd.ts'
import { labDiskFills, labDiskFull, labNoInodes } from './disk.ts'
import { labEtcReadOnly } from './etc.ts'
import type { Fault, FaultKind, FaultWays } from './fault.ts'
import { labPackageLock, labPortTaken, labSshHangs } from './holders.ts'
import { labHostname, labMachineId } from './identity.ts'
import { labLeftovers } from './leftovers.ts'
import { labNoPython, labSudoPassword } from './login.ts'
import { labDns, labMtu, labPortBlocked, labRepoProxy } from './network.ts'
import { labPowersOff, labReboots } from './power.ts'
import { labSwap } from './swap.ts'

/** Every fault by its name: what it is, for people, and how it is made. */
export const ways: { [K in FaultKind]: { says: string; ways: FaultWays<Extract<Fault, { kind: K }>> } } = {
  clock: { says: 'the clock of logins and sudo is ten minutes ahead, or `seconds`', ways: labClock },
  'disk-full': { says: '/var/lib/containerd is a small file system without a free byte', ways: labDiskFull },
  'disk-fills': { says: '/var/lib/containerd fills up when the first image is stored', ways: labDiskFills },
  dns: { says: 'the name server never answers', ways: labDns },
  'etc-read-only': { says: '/etc can not be written', ways: labEtcReadOnly },
  hostname: { says: 'it has the name of another host, `like`', ways: labHostname },
  leftovers: { says: 'the files of an old cluster are there', ways: labLeftovers },
  'machine-id': { says: 'it has the machine id of another host, `like`', ways: labMachineId },
  mtu: { says: 'its interface carries packets of 1200 bytes', ways: labMtu },
  'no-inodes': { says: '/var/lib/containerd has free bytes and no free inode', ways: labNoInodes },
  'no-python': { says: 'python3 is not installed', ways: labNoPython },
  'other-containerd': { says: "Debian's containerd is installed and runs", ways: labOtherContainerd },
  'package-lock': { says: 'an apt that never ends holds the package lock', ways: labPackageLock },
  'port-blocked': {
    says: 'a firewall between it and `other` drops port 10250, or `port`',
    ways: labPortBlocked,
  },
  'port-taken': { says: 'something listens on port 6443, or `port`', ways: labPortTaken },
  'powers-off': {
    says: 'its power is cut when /etc/containerd/config.toml, or `when`, appears',
    ways: labPowersOff,
  },
  reboots: { says: 'it reboots when /etc/containerd/config.toml, or `when`, appears', ways: labReboots },
  'repo-proxy': { says: 'it can open no connection to the machine that the lab is on', ways: labRepoProxy },
  'ssh-hangs': { says: 'SSH shows its banner and then says nothing', ways: labSshHangs },
  'sudo-password': { says: "the user's password is not the one that is known", ways: labSudoPassword },
  swap: { says: 'swap is seen', ways: labSwap },
}

/** Whether a text names a fault. */
export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(ways, text)
}
