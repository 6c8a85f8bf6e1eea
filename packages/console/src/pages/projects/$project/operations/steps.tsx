import { Segmented } from 'antd'
import type { Operation, Plan } from '../../../../operation/queries.ts'
import { type OperationSearch, type View, views } from '../../../../operation/search.ts'
import type { Feed } from '../../../../output/feed.ts'
import { Section } from '../../../../ui/page.tsx'
import { useWords } from '../../../../words/words.ts'
import { Graph } from './graph.tsx'
import { Hosts } from './hosts.tsx'
import { Timeline } from './timeline.tsx'
import { words } from './words.ts'

/** The steps of an operation, in time, by what they need, or for each host. */
export function Steps({
  operation,
  plan,
  feed,
  search,
  onLook,
}: {
  operation: Operation
  plan: Plan | undefined
  feed: Feed
  search: OperationSearch
  onLook: (search: OperationSearch) => void
}) {
  const say = useWords(words)
  const { view = 'timeline' } = search
  const { view: _view, ...rest } = search
  const choose = (chosen: View) => onLook(chosen === 'timeline' ? rest : { ...rest, view: chosen })
  const look = (step: string, host?: string) =>
    onLook({ ...(search.view ? { view: search.view } : {}), step, ...(host ? { host } : {}) })
  return (
    <Section
      title={say('steps')}
      actions={
        <Segmented<View>
          aria-label={say('view')}
          value={view}
          onChange={choose}
          options={views.map((value) => ({ value, label: say(value) }))}
        />
      }
    >
      {operation.steps.length === 0 && <p className="panel quiet">{say('noSteps')}</p>}
      {operation.steps.length > 0 && view === 'timeline' && (
        <Timeline operation={operation} plan={plan} chosen={search.step} onChoose={look} />
      )}
      {operation.steps.length > 0 && view === 'graph' && (
        <Graph operation={operation} plan={plan} chosen={search.step} onChoose={look} />
      )}
      {operation.steps.length > 0 && view === 'hosts' && (
        <Hosts operation={operation} feed={feed} onChoose={look} />
      )}
    </Section>
  )
}
