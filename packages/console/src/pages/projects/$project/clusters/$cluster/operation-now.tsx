import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { operationQuery } from '../../../../../operation/queries.ts'
import { OperationState, useTitleOf } from '../../../../../operation/row.tsx'
import { Took } from '../../../../../ui/time.tsx'
import { useWords } from '../../../../../words/words.ts'
import { words } from './words.ts'

/** The operation that changes the cluster now, or stopped before its end: what it does, how far it is, why it failed. */
export function OperationNow({ project, id }: { project: string; id: string }) {
  const say = useWords(words)
  const titleOf = useTitleOf()
  const { data } = useQuery({ ...operationQuery(project, id), enabled: id !== '' })
  if (!data || ['succeeded', 'undone'].includes(data.state)) return null
  const isOver = ['failed', 'cancelled', 'paused'].includes(data.state)
  const done = data.steps.filter(({ state }) => ['succeeded', 'skipped'].includes(state)).length
  const running = data.steps.filter(({ state }) => state === 'running')
  return (
    <section className="panel operation-now" aria-label={say(isOver ? 'last' : 'now')}>
      <div className="operation-head">
        <OperationState of={data} />
        <strong>{titleOf(data)}</strong>
        <span className="quiet">
          {say('stepsDone', { done, all: data.steps.length })} ·{' '}
          <Took from={data.startedAt} to={data.endedAt} />
        </span>
        <Link to="/projects/$project/operations/$operation" params={{ project, operation: id }}>
          {say('openOperation')}
        </Link>
      </div>
      {!isOver && (
        <progress
          max={data.steps.length}
          value={done}
          aria-label={say('stepsDone', { done, all: data.steps.length })}
        />
      )}
      {data.waits && <p>{data.waits}</p>}
      {running.map(({ name, title, note }) => (
        <p key={name}>
          {title} {note && <span className="quiet">{note}</span>}
        </p>
      ))}
      {data.failure && (
        <p className="mark-bad">
          {[data.failure.host, data.failure.task, data.failure.message].filter(Boolean).join(': ')}{' '}
          <span className="quiet">{data.failure.hint}</span>
        </p>
      )}
    </section>
  )
}
