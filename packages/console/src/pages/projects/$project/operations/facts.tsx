import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { usePersonOf } from '../../../../operation/asker.ts'
import type { Operation, Plan } from '../../../../operation/queries.ts'
import { OperationState } from '../../../../operation/row.tsx'
import { Ago, durationOf, Took } from '../../../../ui/time.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

/** What an operation is: of which cluster, how it stands, how long it takes against what was expected, who asked for it and why. */
export function Facts({ operation, plan }: { operation: Operation; plan: Plan | undefined }) {
  const say = useWords(words)
  const personOf = usePersonOf(operation.project)
  const { project, cluster, clusterName, createdBy, reason, nodes, waits, queuedBehind, leftBehind } =
    operation
  return (
    <dl className="facts panel">
      <Fact title={say('state')}>
        <OperationState of={operation} />{' '}
        <span className="quiet">
          <Ago at={operation.endedAt ?? operation.startedAt ?? operation.createdAt} />
        </span>
      </Fact>
      <Fact title={say('cluster')}>
        <Link to="/projects/$project/clusters/$cluster" params={{ project, cluster }}>
          {clusterName}
        </Link>
      </Fact>
      <Fact title={say('took')}>
        <Took from={operation.startedAt} to={operation.endedAt} /> {plan && <Expected plan={plan} />}
      </Fact>
      <Fact title={say('askedBy')}>
        {personOf(createdBy)}{' '}
        <span className="quiet">
          <Ago at={operation.createdAt} />
        </span>
      </Fact>
      {reason && <Fact title={say('reason')}>{reason}</Fact>}
      {nodes.length > 0 && <Fact title={say('nodes')}>{nodes.join(', ')}</Fact>}
      {waits && (
        <Fact title={say('waits')}>
          {waits}{' '}
          {queuedBehind && (
            <Link to="/projects/$project/operations/$operation" params={{ project, operation: queuedBehind }}>
              {say('behind')}
            </Link>
          )}
        </Fact>
      )}
      {leftBehind.length > 0 && <Fact title={say('left')}>{leftBehind.join(', ')}</Fact>}
      {operation.planDigest && (
        <Fact title={say('digest')}>
          <span className="code" title={operation.planDigest}>
            {operation.planDigest.slice(0, 12)}
          </span>
        </Fact>
      )}
    </dl>
  )
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt className="quiet">{title}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Expected({ plan: { expectedMinutes, atMostMinutes } }: { plan: Plan }) {
  const say = useWords(words)
  const expected = durationOf(Math.round(expectedMinutes * 60))
  const atMost = durationOf(Math.round(atMostMinutes * 60))
  if (expectedMinutes === 0) return <span className="quiet">{say('noHistory')}</span>
  return (
    <span className="quiet">
      {atMostMinutes > expectedMinutes
        ? say('ofAtMost', { expected, atMost })
        : say('ofExpected', { expected })}
    </span>
  )
}
