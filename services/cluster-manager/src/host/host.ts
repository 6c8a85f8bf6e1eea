import type { Facts } from './facts.ts'

/** How a host is: `gathering` while its facts are being read, and then what came of it. */
export type HostState = 'new' | 'gathering' | 'ready' | 'unreachable' | 'host-key-changed'

/** A machine that Slipway may log in to. */
export type Host = {
  id: string
  project: string
  name: string
  /** IPv4, dotted. */
  address: string
  port: number
  /** Id of its credential. */
  credential: string
  /** Name of its host profile; '' for an ordinary host. */
  profile: string
  tags: string[]
  state: HostState
  /** Why it is in that state, in Ansible's words where they are known. */
  stateReason: string
  /** Pinned keys: `ssh-ed25519 AAAA…`. Empty before the first contact. */
  hostKeys: string[]
  /** What it shows instead of them; empty unless the state is host-key-changed. */
  presentedHostKeys: string[]
  facts: Facts | undefined
  factsAt: Date | null
  /** The gathering that is reading its facts now. */
  gathering: string | null
  /** Id of the cluster that it is part of. */
  cluster: string | null
  version: number
  createdAt: Date
}

/** A host as a person gives it. `credential` is an id, or a name where a file was written by hand. */
export type NewHost = Pick<Host, 'name' | 'address' | 'port' | 'credential' | 'profile' | 'tags'>

/** A change that a person asks for; only what is given changes. `version` is the one it rests on, 0 takes any. */
export type HostUpdate = {
  project: string
  id: string
  version: number
  change: Partial<Omit<NewHost, 'profile'>>
}

/** Where SSH listens unless said otherwise. */
export const SSH_PORT = 22
