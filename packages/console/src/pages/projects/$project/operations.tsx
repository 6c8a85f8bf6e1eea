import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Table, type TableProps } from 'antd'
import { clustersQuery } from '../../../cluster/queries.ts'
import { usePersonOf } from '../../../operation/asker.ts'
import { type Operation, operationsQuery } from '../../../operation/queries.ts'
import { OperationState, reasonOf, useTitleOf } from '../../../operation/row.tsx'
import { operationStates, stateWords } from '../../../operation/words.ts'
import { ProblemCard } from '../../../problem/problem-card.tsx'
import { AnyOrOne } from '../../../ui/any-or-one.tsx'
import { Page } from '../../../ui/page.tsx'
import { Pager } from '../../../ui/pager.tsx'
import { Ago, Took } from '../../../ui/time.tsx'
import { Waiting } from '../../../ui/waiting.tsx'
import { defineWords, useWords } from '../../../words/words.ts'

const words = defineWords('operations', {
  en: {
    title: 'Operations',
    state: 'State',
    anyState: 'Any state',
    cluster: 'Cluster',
    anyCluster: 'All clusters',
    operation: 'Operation',
    where: 'Where it is',
    by: 'Asked for by',
    when: 'Asked for',
    took: 'Time',
    none: 'Nothing was changed yet.',
    noneFound: 'No operation is like that.',
    waiting: 'Reading the operations …',
  },
  'zh-CN': {
    title: '操作',
    state: '状态',
    anyState: '所有状态',
    cluster: '集群',
    anyCluster: '所有集群',
    operation: '操作',
    where: '进展',
    by: '发起人',
    when: '发起时间',
    took: '用时',
    none: '还没有任何变更。',
    noneFound: '没有符合条件的操作。',
    waiting: '正在读取操作…',
  },
  'zh-TW': {
    title: '操作',
    state: '狀態',
    anyState: '所有狀態',
    cluster: '叢集',
    anyCluster: '所有叢集',
    operation: '操作',
    where: '進展',
    by: '發起人',
    when: '發起時間',
    took: '耗時',
    none: '還沒有任何變更。',
    noneFound: '沒有符合條件的操作。',
    waiting: '正在讀取操作…',
  },
})

const PAGE_SIZE = 50
const CLUSTERS = 500

/** What changes a project's clusters or did, the newest first; what is looked for stands in the address. */
export default function Operations() {
  const say = useWords(words)
  const sayState = useWords(stateWords)
  const { project } = useParams({ from: '/shell/projects/$project/operations' })
  const { state, cluster, before = [] } = useSearch({ from: '/shell/projects/$project/operations' })
  const navigate = useNavigate({ from: '/projects/$project/operations' })
  const asked = { state, cluster, pageToken: before.at(-1), pageSize: PAGE_SIZE }
  const { data, error, refetch } = useQuery(operationsQuery(project, asked))
  const { data: clusters } = useQuery(clustersQuery(project, { pageSize: CLUSTERS }))
  const look = (wanted: { state?: string | undefined; cluster?: string | undefined }) => {
    const given = Object.entries({ state, cluster, ...wanted }).filter(([, value]) => value)
    void navigate({ search: Object.fromEntries(given) })
  }
  const isFiltered = state !== undefined || cluster !== undefined
  return (
    <Page title={say('title')}>
      <div className="filters">
        <AnyOrOne
          label={say('state')}
          any={say('anyState')}
          choices={operationStates.map((one) => ({ value: one, label: sayState(one) }))}
          value={state}
          onChoose={(chosen) => look({ state: chosen })}
        />
        <AnyOrOne
          label={say('cluster')}
          any={say('anyCluster')}
          choices={(clusters?.clusters ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={cluster}
          onChoose={(chosen) => look({ cluster: chosen })}
          findable
        />
      </div>
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data && (
        <OperationTable
          project={project}
          operations={data.operations}
          empty={say(isFiltered ? 'noneFound' : 'none')}
        />
      )}
      <Pager
        before={before}
        next={data?.nextPageToken}
        onMove={(moved) =>
          void navigate({
            search: {
              ...(state ? { state } : {}),
              ...(cluster ? { cluster } : {}),
              ...(moved.length > 0 ? { before: moved } : {}),
            },
          })
        }
      />
    </Page>
  )
}

function OperationTable({
  project,
  operations,
  empty,
}: {
  project: string
  operations: Operation[]
  empty: string
}) {
  const say = useWords(words)
  const titleOf = useTitleOf()
  const personOf = usePersonOf(project)
  const columns: TableProps<Operation>['columns'] = [
    { title: say('state'), width: 120, render: (_, operation) => <OperationState of={operation} /> },
    {
      title: say('operation'),
      width: 240,
      render: (_, operation) => (
        <Link to="/projects/$project/operations/$operation" params={{ project, operation: operation.id }}>
          {titleOf(operation)}
        </Link>
      ),
    },
    {
      title: say('where'),
      responsive: ['md'],
      render: (_, operation) => <span className="quiet cut">{reasonOf(operation)}</span>,
    },
    { title: say('by'), responsive: ['lg'], render: (_, { createdBy }) => personOf(createdBy) },
    { title: say('when'), width: 140, render: (_, { createdAt }) => <Ago at={createdAt} /> },
    {
      title: say('took'),
      width: 120,
      responsive: ['md'],
      render: (_, { startedAt, endedAt }) => <Took from={startedAt} to={endedAt} />,
    },
  ]
  return (
    <div className="table">
      <Table
        size="middle"
        rowKey="id"
        columns={columns}
        dataSource={operations}
        pagination={false}
        locale={{ emptyText: empty }}
      />
    </div>
  )
}
