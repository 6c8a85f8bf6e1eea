import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { Cluster } from '../../../../../cluster/queries.ts'
import { operationsQuery } from '../../../../../operation/queries.ts'
import { OperationState, useTitleOf } from '../../../../../operation/row.tsx'
import { ProblemCard } from '../../../../../problem/problem-card.tsx'
import { Pager } from '../../../../../ui/pager.tsx'
import { Ago, Took } from '../../../../../ui/time.tsx'
import { Waiting } from '../../../../../ui/waiting.tsx'
import { defineWords, useWords } from '../../../../../words/words.ts'

const words = defineWords('cluster-operations', {
  en: { waiting: 'Reading the operations …', none: 'Nothing was changed yet.' },
  'zh-CN': { waiting: '正在读取操作…', none: '还没有任何变更。' },
  'zh-TW': { waiting: '正在讀取操作…', none: '還沒有任何變更。' },
})

const PAGE_SIZE = 20

/** What was done to a cluster, the newest first. */
export default function Operations({ project, cluster }: { project: string; cluster: Cluster }) {
  const say = useWords(words)
  const titleOf = useTitleOf()
  const { before = [] } = useSearch({ from: '/shell/projects/$project/clusters/$cluster' })
  const navigate = useNavigate({ from: '/projects/$project/clusters/$cluster' })
  const asked = { cluster: cluster.id, pageSize: PAGE_SIZE, pageToken: before.at(-1) }
  const { data, error, refetch } = useQuery(operationsQuery(project, asked))
  if (error) return <ProblemCard of={error} onAgain={() => void refetch()} />
  if (!data) return <Waiting what={say('waiting')} />
  if (data.operations.length === 0) return <p className="quiet">{say('none')}</p>
  return (
    <>
      <ul className="rows">
        {data.operations.map((operation) => (
          <li key={operation.id} className="row">
            <OperationState of={operation} />
            <div>
              <Link
                to="/projects/$project/operations/$operation"
                params={{ project, operation: operation.id }}
              >
                {titleOf(operation)}
              </Link>
              <div className="quiet">
                {[operation.nodes.join(', '), operation.reason].filter(Boolean).join(' · ')}
              </div>
              {operation.state === 'failed' && <div className="quiet">{operation.failure?.message}</div>}
            </div>
            <span className="quiet">
              <Ago at={operation.startedAt ?? operation.createdAt} /> ·{' '}
              <Took from={operation.startedAt} to={operation.endedAt} />
            </span>
          </li>
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
