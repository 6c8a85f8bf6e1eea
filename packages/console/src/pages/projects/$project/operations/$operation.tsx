import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Alert, Button } from 'antd'
import { useEffect, useState } from 'react'
import { hasEnded } from '../../../../operation/lifecycle.ts'
import type { MoveName } from '../../../../operation/move.ts'
import { type Operation, operationQuery, planQuery } from '../../../../operation/queries.ts'
import { useTitleOf } from '../../../../operation/row.tsx'
import { placeOf } from '../../../../operation/run.ts'
import type { OperationSearch } from '../../../../operation/search.ts'
import type { Feed } from '../../../../output/feed.ts'
import { OutputSection } from '../../../../output/section.tsx'
import { useFeed, usePart } from '../../../../output/use-feed.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { Page } from '../../../../ui/page.tsx'
import { Waiting } from '../../../../ui/waiting.tsx'
import { useWords } from '../../../../words/words.ts'
import { Actions } from './actions.tsx'
import { Cause } from './cause.tsx'
import { Facts } from './facts.tsx'
import { Steps } from './steps.tsx'
import { words } from './words.ts'
import './operation.css'

/** One operation: what it does and why, where it is, what went wrong, and what its hosts say, live. */
export default function OperationPage() {
  const say = useWords(words)
  const { project, operation: id } = useParams({ from: '/shell/projects/$project/operations/$operation' })
  const { data: operation, error, refetch } = useQuery(operationQuery(project, id))
  const feed = useFeed(project, id)
  if (error && !operation) {
    return (
      <Page title={id}>
        <ProblemCard of={error} onAgain={() => void refetch()} />
      </Page>
    )
  }
  if (!operation || !feed) {
    return (
      <Page title="">
        <Waiting what={say('waiting')} />
      </Page>
    )
  }
  return <Known operation={operation} feed={feed} />
}

function Known({ operation, feed }: { operation: Operation; feed: Feed }) {
  const say = useWords(words)
  const titleOf = useTitleOf()
  const search = useSearch({ from: '/shell/projects/$project/operations/$operation' })
  const navigate = useNavigate({ from: '/projects/$project/operations/$operation' })
  const { project, id, state } = operation
  const { data: plan } = useQuery({ ...planQuery(project, id), enabled: operation.steps.length > 0 })
  const refusal = usePart(feed.refusal)
  const [asked, setAsked] = useAsked(operation)
  useStreamAgain(operation, feed)
  // Going through steps and lines is no place to come back to; another view or step is.
  const look = (next: OperationSearch) => {
    const isPlace = next.view !== search.view || next.step !== search.step || next.find !== search.find
    void navigate({ search: next, replace: !isPlace, resetScroll: false })
  }
  const open = (run: string, line: number) => {
    look({ ...(search.view ? { view: search.view } : {}), ...placeOf(operation, run), line })
    document.querySelector('.log')?.scrollIntoView({ block: 'center' })
  }
  const actions = (
    <Actions
      operation={operation}
      plan={plan}
      first={state === 'failed' || state === 'paused' ? 'resume' : undefined}
      onMoved={setAsked}
    />
  )
  return (
    <Page
      title={titleOf(operation)}
      actions={
        <>
          {state !== 'failed' && actions}
          <Button
            href={`/api/v1/projects/${project}/operations/${id}/record`}
            download
            title={say('recordHint')}
          >
            {say('record')}
          </Button>
        </>
      }
    >
      {refusal && <ProblemCard of={refusal} />}
      {operation.undoing && !hasEnded(state) && <Alert type="warning" showIcon title={say('undoing')} />}
      {asked && <Alert type="info" showIcon title={say(asked)} />}
      <Cause operation={operation} feed={feed} actions={actions} onOpen={open} />
      <Facts operation={operation} plan={plan} />
      <Steps operation={operation} plan={plan} feed={feed} search={search} onLook={look} />
      <OutputSection operation={operation} feed={feed} search={search} onLook={look} />
    </Page>
  )
}

/** What was asked for here and has not happened yet: the running steps come to their end first. */
function useAsked({ state }: Operation) {
  const [asked, setAsked] = useState<'pausing' | 'cancelling'>()
  useEffect(() => {
    if (state !== 'running' && state !== 'planned') setAsked(undefined)
  }, [state])
  const moved = (name: MoveName) =>
    setAsked(name === 'pause' ? 'pausing' : name === 'cancel' ? 'cancelling' : undefined)
  return [asked, moved] as const
}

/** An operation that went on after its end, here or on another screen, is heard again. */
function useStreamAgain({ state, version }: Operation, feed: Feed): void {
  const { state: connection } = usePart(feed.connection)
  // A version that moved is what another try rests on.
  useEffect(() => {
    if (connection === 'ended' && !hasEnded(state)) feed.goOn()
  }, [connection, state, version, feed])
}
