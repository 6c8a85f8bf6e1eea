import type { Facts } from './facts.ts'
import type { Host, HostState } from './host.ts'
import { fingerprintOf } from './key.ts'

/** What a run learnt about one host. */
export type Answer = {
  /** Keys that it showed, when none was pinned or another was. */
  presentedHostKeys: string[]
  facts: Facts | undefined
  /** Why there are no facts, in Ansible's words. */
  message: string
}

/** What is kept of it, and the fact that is told. */
export type Outcome = {
  fact: 'facts-gathered' | 'unreachable' | 'host-key-changed'
  state: HostState
  stateReason: string
  hostKeys: string[]
  presentedHostKeys: string[]
  /** Undefined leaves what was known before. */
  facts: Facts | undefined
}

/**
 * What a host is after a run. Its key is pinned at first contact, also when the login failed then; from then on
 * another key stops everything until a person accepts it.
 */
export function outcomeOf(host: Pick<Host, 'hostKeys'>, answer: Answer): Outcome {
  const { presentedHostKeys: shown, facts, message } = answer
  const pinned = host.hostKeys
  if (pinned.length > 0 && shown.length > 0 && !shown.some((key) => pinned.includes(key))) {
    return {
      fact: 'host-key-changed',
      state: 'host-key-changed',
      stateReason: `It shows the key ${fingerprintOf(shown)} instead of ${fingerprintOf(pinned)}. Accept it only if you know why it changed.`,
      hostKeys: pinned,
      presentedHostKeys: shown,
      facts: undefined,
    }
  }
  return {
    fact: facts ? 'facts-gathered' : 'unreachable',
    state: facts ? 'ready' : 'unreachable',
    stateReason: facts ? sudoReason(facts) : message || 'The run said nothing about this host.',
    hostKeys: pinned.length > 0 ? pinned : shown,
    presentedHostKeys: [],
    facts,
  }
}

/** A host that answers is ready, but a person should know what will stand in its way. */
function sudoReason({ sudoProblem }: Facts): string {
  return sudoProblem ? `Its user can't become root: ${sudoProblem}` : ''
}
