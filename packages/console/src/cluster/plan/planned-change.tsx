import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { useId, useState } from 'react'
import { Problem } from '../../problem/problem.ts'
import { ProblemCard } from '../../problem/problem-card.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { useWords } from '../../words/words.ts'
import type { ClusterChange } from '../queries.ts'
import { PlanView } from './plan-view.tsx'
import { words } from './words.ts'

/** How a change is asked for: its plan alone, or that it begins as the plan with this digest said. */
export type How = { dryRun?: 'plan'; planDigest?: string; reason?: string; queue?: boolean }

type Props = {
  /** What tells this wish from another: a new one is planned anew. */
  wish: unknown
  ask: (how: How, idempotencyKey: string) => Promise<ClusterChange>
  /** On the button that begins it. */
  begin: string
  /** It takes something away. */
  isDanger?: boolean
  /** What has to be typed before it begins. */
  typed?: string
  /** Whether it may wait behind another operation of the cluster. */
  queues?: boolean
  onBegun: (change: ClusterChange) => void
}

/**
 * The way of every change: the server's plan is shown, and what begins is that plan, by its digest. When the world moved
 * meanwhile it says what moved, and shows the plan as of now.
 */
export function PlannedChange({ wish, ask, begin, isDanger, typed, queues, onBegun }: Props) {
  const say = useWords(words)
  const [reason, setReason] = useState('')
  const [typing, setTyping] = useState('')
  const [moved, setMoved] = useState<Problem>()
  const [key] = useState(() => crypto.randomUUID())
  const planned = useQuery({
    queryKey: ['plan', key, wish],
    queryFn: () => ask({ dryRun: 'plan' }, crypto.randomUUID()),
    retry: false,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const plan = planned.data?.plan
  const begun = useMutation({
    // The same plan begun twice by a nervous finger, or a lost answer, is one operation.
    mutationFn: (how: How) => ask({ ...how, reason }, `${key}-${how.planDigest ?? 'queued'}`),
    onSuccess: onBegun,
    onError: (thrown) => {
      const problem = Problem.of(thrown)
      if (!isStale(problem)) return
      setMoved(problem)
      void planned.refetch()
    },
  })
  const refused = begun.error && !isStale(Problem.of(begun.error)) ? begun.error : undefined
  const problem = refused ?? planned.error
  const mayQueue = queues && Problem.of(problem).code === 'Conflict'
  return (
    <div className="stack">
      {moved && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={say('moved')}
          description={
            <>
              <ul className="lines">
                {moved.faults.map(({ message }) => (
                  <li key={message}>{message}</li>
                ))}
              </ul>
              {say('movedNext')}
            </>
          }
        />
      )}
      {problem && <ProblemCard of={problem} onAgain={() => void planned.refetch()} />}
      {mayQueue && (
        <div className="plan-begin">
          <span className="quiet">{say('queueWhy')}</span>
          <Button loading={begun.isPending} onClick={() => begun.mutate({ queue: true })}>
            {say('queue')}
          </Button>
        </div>
      )}
      {planned.isFetching && <Waiting what={say('planning')} />}
      {plan && !planned.error && <PlanView plan={plan} />}
      {plan && !planned.error && (
        <>
          <Typed label={say('reason')} hint={say('reasonWhy')} value={reason} onType={setReason} />
          <div className="plan-begin">
            {typed && <Typed label={say('typeName', { name: typed })} value={typing} onType={setTyping} />}
            <Button
              type="primary"
              danger={isDanger}
              disabled={planned.isFetching || (typed !== undefined && typing !== typed)}
              loading={begun.isPending}
              onClick={() => begun.mutate({ planDigest: plan.digest })}
            >
              {begin}
            </Button>
          </div>
        </>
      )}
    </div>
  )
}

/** Whether a plan was refused because the world has moved since it was read. */
function isStale({ faults }: Problem): boolean {
  return faults.length > 0 && faults.every(({ field }) => field === 'planDigest')
}

function Typed({
  label,
  hint,
  value,
  onType,
}: {
  label: string
  hint?: string
  value: string
  onType: (text: string) => void
}) {
  const id = useId()
  return (
    <div className="plan-confirm">
      <label htmlFor={id}>{label}</label>
      <Input
        id={id}
        value={value}
        maxLength={500}
        autoComplete="off"
        onChange={({ target }) => onType(target.value)}
      />
      {hint && <span className="quiet">{hint}</span>}
    </div>
  )
}
