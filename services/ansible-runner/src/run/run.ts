/** How a run stands. The last three are its ends. */
export type RunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** Why a run failed: the first error, in the tool's own words. */
export type Failure = {
  code: 'Precondition' | 'Unavailable' | 'Bug'
  message: string
  host: string
  task: string
  hint: string
  /** Whether the same run may succeed later without anybody acting. */
  retryable: boolean
}

/** What came of one host. */
export type HostResult = {
  host: string
  ok: number
  changed: number
  failed: number
  unreachable: boolean
  /** JSON; empty when no task gave any. */
  resultJson: string
  /** When the task's answer came, ISO 8601: what the host's clock is compared with. Empty like the above. */
  resultAt: string
  /** `type key` as shown, where it was not pinned; empty otherwise. */
  presentedHostKey: string
  /** Ansible's own words of its first error; empty when it had none. */
  message: string
}

/** One ansible-playbook, wanted or done. */
export type Run = {
  id: string
  project: string
  playbook: string
  caller: string
  state: RunState
  hosts: HostResult[]
  failure: Failure | undefined
  /** Name → text sealed to the caller. */
  exports: Record<string, string>
  lastSequence: number
  /** Version of ansible-core that it was carried out with; empty before it began. */
  ansible: string
  traceparent: string | undefined
  startedAt: Date | undefined
  endedAt: Date | undefined
  /** When its output and results were removed for their age. */
  removedAt: Date | undefined
}

/** How a run ended. */
export type Outcome = {
  state: 'succeeded' | 'failed' | 'cancelled'
  hosts: HostResult[]
  failure: Failure | undefined
  exports: Record<string, string>
}

/** Whether nothing more comes of a run. */
export function hasEnded({ state }: { state: RunState }): boolean {
  return state !== 'queued' && state !== 'running'
}

/** The id of a run, from what its caller calls it. */
export function runId({
  operation,
  step,
  attempt,
}: {
  operation: string
  step: string
  attempt: number
}): string {
  return `${operation}.${step}.${attempt}`
}
