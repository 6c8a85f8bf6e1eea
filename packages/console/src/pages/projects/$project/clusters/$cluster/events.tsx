import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Select } from 'antd'
import { useId } from 'react'
import { type Cluster, type Happening, happeningsQuery } from '../../../../../cluster/queries.ts'
import { type ClusterSearch, nouns } from '../../../../../cluster/search.ts'
import { usePersonOf } from '../../../../../operation/asker.ts'
import { useTitleOf } from '../../../../../operation/row.tsx'
import { ProblemCard } from '../../../../../problem/problem-card.tsx'
import { Mark, type Tone } from '../../../../../ui/mark.tsx'
import { Pager } from '../../../../../ui/pager.tsx'
import { Ago } from '../../../../../ui/time.tsx'
import { Waiting } from '../../../../../ui/waiting.tsx'
import { useWords } from '../../../../../words/words.ts'
import { words } from './event-words.ts'

const PAGE_SIZE = 20

/**
 * What happened to a cluster, the newest first. New ones come by themselves above the others; the browser keeps in place what
 * is being read (scroll anchoring).
 */
export default function Events({ project, cluster }: { project: string; cluster: Cluster }) {
  const say = useWords(words)
  const id = useId()
  const { before = [], noun } = useSearch({ from: '/shell/projects/$project/clusters/$cluster' })
  const navigate = useNavigate({ from: '/projects/$project/clusters/$cluster' })
  const go = (change: Pick<ClusterSearch, 'before' | 'noun'>) =>
    void navigate({ search: ({ before: _, ...was }) => ({ ...was, ...change }) })
  const asked = { noun, pageSize: PAGE_SIZE, pageToken: before.at(-1) }
  const { data, error, refetch } = useQuery(happeningsQuery(project, cluster.id, asked))
  return (
    <>
      <p className="quiet">{say('why')}</p>
      <div className="filters events-filters">
        <label htmlFor={id} className="chosen">
          {say('about')}
        </label>
        <Select
          id={id}
          className="filter"
          value={noun ?? 'all'}
          options={(['all', ...nouns] as const).map((value) => ({ value, label: say(value) }))}
          onChange={(value) => go({ noun: nouns.find((one) => one === value) })}
        />
      </div>
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data?.happenings.length === 0 && <p className="quiet">{say('none')}</p>}
      {data && data.happenings.length > 0 && (
        <ul className="rows">
          {data.happenings.map((happening) => (
            <HappeningRow key={happening.id} project={project} cluster={cluster} of={happening} />
          ))}
        </ul>
      )}
      <Pager
        before={before}
        next={data?.nextPageToken}
        onMove={(moved) => go({ before: moved.length > 0 ? moved : undefined })}
      />
    </>
  )
}

const tones: Record<string, Tone> = {
  ...{ running: 'good', succeeded: 'good', joined: 'good', ready: 'good' },
  ...{
    failed: 'bad',
    'step-failed': 'bad',
    'not-ready': 'bad',
    unreachable: 'bad',
    'host-key-changed': 'bad',
  },
  ...{
    paused: 'warn',
    'step-skipped': 'warn',
    started: 'busy',
    resumed: 'busy',
    undoing: 'busy',
    deleting: 'busy',
  },
}

function HappeningRow({
  project,
  cluster,
  of: { noun, fact, name, detail, operation, kind, createdBy, at },
}: {
  project: string
  cluster: Cluster
  of: Happening
}) {
  const say = useWords(words)
  const titleOf = useTitleOf()
  const personOf = usePersonOf(project)
  const asker = createdBy && say('askedBy', { person: personOf(createdBy) })
  const known = Object.keys(words.texts.en).find((key) => key === `${noun}.${fact}`)
  return (
    <li className="row happening">
      <Mark tone={tones[fact] ?? 'idle'}>
        {known ? say(known as 'node.joined', { name }) : [noun, name, fact].filter(Boolean).join(' ')}
      </Mark>
      <div>
        {operation && (
          <Link to="/projects/$project/operations/$operation" params={{ project, operation }}>
            {titleOf({ kind, clusterName: cluster.name })}
          </Link>
        )}
        <div className="quiet">{[asker, detail].filter(Boolean).join(' · ')}</div>
      </div>
      <span className="quiet">
        <Ago at={at} />
      </span>
    </li>
  )
}
