import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type Cluster, type SpecVersion, specVersionsQuery } from '../../../../../cluster/queries.ts'
import { usePersonOf } from '../../../../../operation/asker.ts'
import { useTitleOf } from '../../../../../operation/row.tsx'
import { ProblemCard } from '../../../../../problem/problem-card.tsx'
import { Pager } from '../../../../../ui/pager.tsx'
import { Ago } from '../../../../../ui/time.tsx'
import { Waiting } from '../../../../../ui/waiting.tsx'
import { useWords } from '../../../../../words/words.ts'
import { words } from './spec-words.ts'

const PAGE_SIZE = 10

/** Every version of a cluster's spec, the newest first: who made it, when and why. Above it what is given the newest number. */
export function SpecHistory({
  project,
  cluster,
  children,
}: {
  project: string
  cluster: Cluster
  children: (newest: number) => ReactNode
}) {
  const say = useWords(words)
  const { before = [] } = useSearch({ from: '/shell/projects/$project/clusters/$cluster' })
  const navigate = useNavigate({ from: '/projects/$project/clusters/$cluster' })
  const page = { pageSize: PAGE_SIZE, pageToken: before.at(-1) }
  const { data, error, refetch } = useQuery(specVersionsQuery(project, cluster.id, page))
  const { data: first } = useQuery(specVersionsQuery(project, cluster.id, { pageSize: 1 }))
  const newest = first?.versions[0]?.number ?? 0
  if (error) return <ProblemCard of={error} onAgain={() => void refetch()} />
  if (!data || newest === 0) return <Waiting what={say('reading')} />
  return (
    <>
      {children(newest)}
      <ul className="rows">
        {data.versions.map((version) => (
          <VersionRow
            key={version.number}
            {...{ project, cluster, version }}
            isNow={version.number === newest}
          />
        ))}
      </ul>
      <Pager
        before={before}
        next={data.nextPageToken}
        onMove={(moved) =>
          void navigate({
            search: ({ before: _, ...was }) => (moved.length > 0 ? { ...was, before: moved } : was),
          })
        }
      />
    </>
  )
}

function VersionRow({
  project,
  cluster,
  version,
  isNow,
}: {
  project: string
  cluster: Cluster
  version: SpecVersion
  isNow: boolean
}) {
  const say = useWords(words)
  const titleOf = useTitleOf()
  const personOf = usePersonOf(project)
  const { number, operation, kind, createdBy, createdAt, reason } = version
  return (
    <li className="row">
      <span>
        <Link
          from="/projects/$project/clusters/$cluster"
          search={(was) => ({ ...was, from: undefined, to: number })}
        >
          {say('version', { number })}
        </Link>{' '}
        {isNow && <span className="quiet">({say('now')})</span>}
      </span>
      <div>
        {operation ? (
          <>
            <Link to="/projects/$project/operations/$operation" params={{ project, operation }}>
              {titleOf({ kind, clusterName: cluster.name })}
            </Link>
            <div className="quiet">{[personOf(createdBy), reason].filter(Boolean).join(' · ')}</div>
          </>
        ) : (
          <span className="quiet">{say('unknown')}</span>
        )}
      </div>
      <span className="quiet">
        {createdAt && <Ago at={createdAt} />}{' '}
        {number > 1 && (
          <Link
            from="/projects/$project/clusters/$cluster"
            search={(was) => ({ ...was, from: number - 1, to: number })}
            aria-label={say('changesOf', { number })}
          >
            {say('changes')}
          </Link>
        )}
      </span>
    </li>
  )
}
