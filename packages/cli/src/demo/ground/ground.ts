import type { LabHost } from '@slipway/lab'
import type { ResolvedRelease } from '@slipway/release'
import type { Settings } from '../../config.ts'

type Say = (line: string) => void

/** A host that the demo registers. */
export type GroundHost = Pick<LabHost, 'name' | 'address' | 'user' | 'sshKeyFile'>

/** What the demo stands on: hosts that come, are listed, and go. */
export type Ground = {
  /** What a command is given to mean this one: a blank and a flag, or nothing. */
  flag: string
  title: string
  /** Makes the hosts, or finds them. */
  up: (say: Say, signal: AbortSignal) => Promise<Ready>
  list: () => Promise<{ hosts: GroundHost[]; processes: { name: string; pid: number }[] }>
  /** Removes everything of it, also after a crash. */
  down: (say: Say) => Promise<void>
  proof: string
  /** Answers a sentence that says what was seen of the cluster. */
  prove: (seen: { kubectl: string; kubeconfig: string; release: ResolvedRelease }) => Promise<string>
}

/** Hosts, this machine's address as they see it, and the settings that Slipway reaches them with. */
type Ready = { gateway: string; hosts: GroundHost[]; settings: Settings }
