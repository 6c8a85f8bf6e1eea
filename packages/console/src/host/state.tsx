import { Mark, type Tone } from '../ui/mark.tsx'
import { useWords } from '../words/words.ts'
import type { Host } from './queries.ts'
import { type HostStateName, hostStates, stateWords } from './words.ts'

const tones: Record<HostStateName, Tone> = {
  new: 'idle',
  gathering: 'busy',
  ready: 'good',
  unreachable: 'bad',
  'host-key-changed': 'bad',
}

/** How a host is; why, where it says so. A ready one that says something has a user who can't become root. */
export function HostState({ of: { state, stateReason } }: { of: Pick<Host, 'state' | 'stateReason'> }) {
  const say = useWords(stateWords)
  const known = hostStates.find((one) => one === state)
  const tone = state === 'ready' && stateReason ? 'warn' : known ? tones[known] : 'idle'
  return (
    <span title={stateReason || undefined}>
      <Mark tone={tone}>{known ? say(known) : state}</Mark>
    </span>
  )
}
