import { Link } from '@tanstack/react-router'
import { Mark, type Tone } from '../ui/mark.tsx'
import { Ago } from '../ui/time.tsx'
import { useWords } from '../words/words.ts'
import type { Operation } from './queries.ts'
import { kindWords, type OperationStateName, operationStates, stateWords } from './words.ts'

const tones: Record<OperationStateName, Tone> = {
  queued: 'idle',
  planned: 'idle',
  running: 'busy',
  paused: 'warn',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'idle',
  undone: 'idle',
}

/** How an operation stands. */
export function OperationState({ of: { state } }: { of: Operation }) {
  const say = useWords(stateWords)
  const known = operationStates.find((one) => one === state)
  return <Mark tone={known ? tones[known] : 'idle'}>{known ? say(known) : state}</Mark>
}

/** What an operation does, in a sentence. */
export function useTitleOf(): (operation: Pick<Operation, 'kind' | 'clusterName'>) => string {
  const say = useWords(kindWords)
  return ({ kind, clusterName }) => {
    const known = Object.keys(kindWords.texts.en).find((one) => one === kind)
    return say((known ?? 'other') as 'other', { cluster: clusterName, kind })
  }
}

/** One operation in a list: how it stands, what it does, when, and why it failed. */
export function OperationRow({ of: operation }: { of: Operation }) {
  const titleOf = useTitleOf()
  const why = reasonOf(operation)
  return (
    <li className="row">
      <OperationState of={operation} />
      <div>
        <div>
          <Link
            to="/projects/$project/operations/$operation"
            params={{ project: operation.project, operation: operation.id }}
          >
            {titleOf(operation)}
          </Link>
        </div>
        {why && <div className="quiet">{why}</div>}
      </div>
      <span className="quiet">
        <Ago at={operation.endedAt ?? operation.startedAt ?? operation.createdAt} />
      </span>
    </li>
  )
}

/** The first cause of a failure, or where it stands, as the API tells it. */
export function reasonOf({ state, failure, steps, waits }: Operation): string {
  if (state === 'failed') return [failure?.host, failure?.message].filter(Boolean).join(': ')
  if (state === 'queued') return waits
  return steps.find((step) => step.state === 'running')?.title ?? ''
}
