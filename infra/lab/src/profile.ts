import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { hasCgroupV1 } from './cgroup/hierarchies.ts'

/** The value of Ansible's `slipway_profile`: what these hosts need and no other may be given. */
export type Profile = {
  cgroup_driver: 'cgroupfs' | 'systemd'
  allow_cgroup_v1: boolean
  kubelet: Record<string, unknown>
  kube_proxy: Record<string, unknown>
  kubeadm_ignore_preflight: string[]
  containerd_restrict_oom_score_adj: boolean
}

/** What this machine can give its hosts. */
export type MachineTraits = { cgroupV1: boolean; sysResource: boolean }

const FILE = new URL('../profile.yaml', import.meta.url)
const CAP_SYS_RESOURCE = 24n

/** The lab's host profile for the machine at hand. */
export async function labProfile(): Promise<Profile> {
  const [text, status, cgroupV1] = await Promise.all([
    readFile(FILE, 'utf8'),
    readFile('/proc/self/status', 'utf8'),
    hasCgroupV1(),
  ])
  return fitProfile(parse(text) as Profile, { cgroupV1, sysResource: hasSysResource(status) })
}

/** Leaves out of a profile what the machine does not need. */
export function fitProfile(profile: Profile, { cgroupV1, sysResource }: MachineTraits): Profile {
  const { failCgroupV1, featureGates, ...kubelet } = profile.kubelet
  return {
    ...profile,
    cgroup_driver: cgroupV1 ? profile.cgroup_driver : 'systemd',
    allow_cgroup_v1: cgroupV1 && profile.allow_cgroup_v1,
    kubelet: {
      ...kubelet,
      ...(cgroupV1 ? { failCgroupV1 } : {}),
      ...(sysResource ? {} : { featureGates }),
    },
    containerd_restrict_oom_score_adj: !sysResource && profile.containerd_restrict_oom_score_adj,
  }
}

/** Reads the bounding set: what is not in it no process of a host can ever have. */
export function hasSysResource(status: string): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'
  return ((BigInt(`0x${bounding}`) >> CAP_SYS_RESOURCE) & 1n) === 1n
}
