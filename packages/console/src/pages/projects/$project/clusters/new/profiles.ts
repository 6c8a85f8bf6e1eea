import { type Draft, valueAt, withValue } from './draft.ts'
import type { FieldPath } from './fields.ts'

/** What a cluster is for. */
export const profiles = ['tryOut', 'production', 'edge'] as const
export type ProfileName = (typeof profiles)[number]

type Setting = Partial<Record<FieldPath, unknown>>

/** What each sets beside the usual; the API judges it like anything that is typed. */
const settings: Record<ProfileName, Setting> = {
  tryOut: {
    'spec.controlPlaneSchedulable': true,
    'spec.apiServer.audit.enabled': false,
  },
  production: {
    'spec.kubelet.systemReserved.cpuMillicores': 250,
    'spec.kubelet.systemReserved.memoryMib': 512,
    'spec.kubelet.kubeReserved.cpuMillicores': 250,
    'spec.kubelet.kubeReserved.memoryMib': 512,
    'spec.apiServer.audit.maxAgeDays': 90,
    'spec.apiServer.audit.maxBackups': 30,
  },
  edge: {
    'spec.controlPlaneSchedulable': true,
    'spec.kubelet.maxPods': 60,
    'spec.kubelet.systemReserved.memoryMib': 128,
    'spec.apiServer.audit.maxAgeDays': 7,
    'spec.apiServer.audit.maxBackups': 3,
    'spec.apiServer.audit.maxSizeMib': 20,
    'spec.etcd.quotaMib': 2048,
  },
}

const all = [...new Set(Object.values(settings).flatMap((one) => Object.keys(one)))] as FieldPath[]

/** The draft with what a profile sets; what only another one sets is as usual again. */
export function withProfile(draft: Draft, name: ProfileName): Draft {
  return all.reduce((next, path) => withValue(next, path, settings[name][path]), draft)
}

/** The profile that a draft is like, if it is like one. */
export function profileOf(draft: Draft): ProfileName | undefined {
  return profiles.find((name) =>
    all.every((path) => (valueAt(draft, path) ?? undefined) === settings[name][path]),
  )
}
