import { Mark, type Tone } from '../ui/mark.tsx'
import { useWords } from '../words/words.ts'
import type { Cluster } from './queries.ts'
import { type ClusterStateName, clusterStates, stateWords } from './words.ts'

const tones: Record<ClusterStateName, Tone> = {
  creating: 'busy',
  running: 'good',
  failed: 'bad',
  deleting: 'busy',
  deleted: 'idle',
}

/** How a cluster is; why, where it says so. */
export function ClusterState({ of: { state, stateReason } }: { of: Cluster }) {
  const say = useWords(stateWords)
  const known = clusterStates.find((one) => one === state)
  return (
    <span title={stateReason || undefined}>
      <Mark tone={known ? tones[known] : 'idle'}>{known ? say(known) : state}</Mark>
    </span>
  )
}
