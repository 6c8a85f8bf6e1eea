import { useQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { kindOf } from '../../../../../../object/kinds.ts'
import { objectQuery, type Place } from '../../../../../../object/queries.ts'
import type { ObjectsSearch } from '../../../../../../object/search.ts'
import { ProblemCard } from '../../../../../../problem/problem-card.tsx'
import { Waiting } from '../../../../../../ui/waiting.tsx'
import { useWords } from '../../../../../../words/words.ts'
import { PodLog } from './pod-log.tsx'
import { ObjectTable } from './table.tsx'
import { words } from './words.ts'

type View = 'yaml' | NonNullable<ObjectsSearch['view']>
/** What of an object the address says. */
export type Shown = Pick<ObjectsSearch, 'view' | 'container' | 'previous'>

/** One object: as YAML, what its containers print, what was said about it. */
export function OpenObject({
  place,
  kind,
  object,
  shown,
  onShow,
}: {
  place: Place
  kind: string
  /** namespace/name */
  object: string
  shown: Shown
  onShow: (shown: Shown) => void
}) {
  const say = useWords(words)
  const at = object.indexOf('/')
  const [namespace, name] = [object.slice(0, at), object.slice(at + 1)]
  const { data, error, refetch } = useQuery(objectQuery(place, { ...kindOf(kind), namespace }, name))
  const isPod = (data?.containers.length ?? 0) > 0
  const views: View[] = isPod ? ['yaml', 'log', 'events'] : ['yaml', 'events']
  const view = shown.view ?? 'yaml'
  return (
    <div className="stack">
      <div className="actions">
        <Segmented<View>
          aria-label={say('views')}
          value={view}
          options={views.map((one) => ({ value: one, label: say(one) }))}
          onChange={(next) => onShow(next === 'yaml' ? {} : { view: next })}
        />
        {view === 'yaml' && data && <Copy text={data.yaml} />}
      </div>
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {view === 'yaml' && data && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
        <pre className="code panel table object-yaml" tabIndex={0}>
          {data.yaml}
        </pre>
      )}
      {view === 'log' && data && isPod && (
        <PodLog
          place={place}
          pod={{ namespace, name, containers: data.containers }}
          shown={shown}
          onShow={onShow}
        />
      )}
      {view === 'events' && (
        <ObjectTable
          place={place}
          wanted={{
            ...{ apiVersion: 'v1', resource: 'events', namespace },
            fieldSelector: `involvedObject.name=${name}`,
          }}
          empty={say('noEvents')}
        />
      )}
    </div>
  )
}

function Copy({ text }: { text: string }) {
  const say = useWords(words)
  const [done, setDone] = useState(false)
  return (
    <Button onClick={() => void navigator.clipboard.writeText(text).then(() => setDone(true))}>
      {say(done ? 'copied' : 'copy')}
    </Button>
  )
}
