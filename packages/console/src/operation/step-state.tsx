import { Mark, type Tone } from '../ui/mark.tsx'
import { useWords } from '../words/words.ts'
import type { Step } from './queries.ts'
import { type StepStateName, stepStates, stepWords } from './words.ts'

const tones: Record<StepStateName, Tone> = {
  pending: 'idle',
  running: 'busy',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'idle',
  skipped: 'warn',
  undone: 'idle',
}

/** How a step is seen: its state, or that it failed and is tried again by itself. */
export function lookOf({ state, retryAt, failure }: Step): { tone: Tone; word: StepStateName | 'retrying' } {
  const known = stepStates.find((one) => one === state) ?? 'pending'
  if (known === 'pending' && retryAt && failure) return { tone: 'warn', word: 'retrying' }
  return { tone: tones[known], word: known }
}

/** How a step stands. */
export function StepState({ of: step }: { of: Step }) {
  const say = useWords(stepWords)
  const { tone, word } = lookOf(step)
  return <Mark tone={tone}>{say(word)}</Mark>
}
