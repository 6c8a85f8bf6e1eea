import type { Operation, Plan } from '../../../../operation/queries.ts'
import { type Scheduled, scheduleOf } from '../../../../operation/schedule.ts'
import { lookOf, StepState } from '../../../../operation/step-state.tsx'
import { durationOf, useNow } from '../../../../ui/time.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

/** Every step on one axis of time: the bar is what it took, the outline what was expected. */
export function Timeline({
  operation,
  plan,
  chosen,
  onChoose,
}: {
  operation: Operation
  plan: Plan | undefined
  chosen: string | undefined
  onChoose: (step: string) => void
}) {
  const now = useNow()
  const { rows, length } = scheduleOf(operation, plan, now)
  return (
    <ol className="timeline panel">
      {rows.map((row) => (
        <Row
          key={row.step.name}
          row={row}
          length={length}
          isChosen={row.step.name === chosen}
          onChoose={() => onChoose(row.step.name)}
        />
      ))}
    </ol>
  )
}

function Row({
  row: { step, from, took, expected, isLate },
  length,
  isChosen,
  onChoose,
}: {
  row: Scheduled
  length: number
  isChosen: boolean
  onChoose: () => void
}) {
  const say = useWords(words)
  const share = (seconds: number) => `${(seconds / length) * 100}%`
  const { tone } = lookOf(step)
  return (
    <li className={isChosen ? 'timeline-row chosen' : 'timeline-row'}>
      <button
        type="button"
        className="timeline-title"
        onClick={onChoose}
        aria-label={say('showOutput', { step: step.title })}
      >
        {step.title}
      </button>
      <StepState of={step} />
      <div className="timeline-bar" aria-hidden="true">
        {expected > 0 && (
          <span className="bar-expected" style={{ left: share(from), width: share(expected) }} />
        )}
        {took !== undefined && (
          <span className={`bar-actual ${tone}`} style={{ left: share(from), width: share(took) }} />
        )}
      </div>
      <span className="timeline-times number">
        {took !== undefined && durationOf(Math.round(took))}{' '}
        {expected > 0 && (
          <span className="quiet">{say('expected', { time: durationOf(Math.round(expected)) })}</span>
        )}{' '}
        {isLate && <strong className="late">{say('late')}</strong>}
      </span>
      <Said step={step} />
    </li>
  )
}

/** What a step says of itself: how far it is, which attempt, when it is tried again, why it was left out. */
function Said({ step: { note, attempt, retryAt, state, failure } }: { step: Scheduled['step'] }) {
  const say = useWords(words)
  const now = useNow()
  const waits = state === 'pending' && retryAt && failure
  const said = [
    attempt > 1 ? say('attempt', { number: attempt }) : '',
    waits ? `${say('again')} ${durationOf(Math.max(0, Math.round((Date.parse(retryAt) - now) / 1000)))}` : '',
    note,
  ].filter(Boolean)
  if (said.length === 0) return null
  return <p className="timeline-note quiet">{said.join(' · ')}</p>
}
