import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Button, Table, type TableProps } from 'antd'
import { type Cluster, clustersQuery } from '../../../cluster/queries.ts'
import { ClusterState } from '../../../cluster/state.tsx'
import { clusterStates, stateWords } from '../../../cluster/words.ts'
import { useMay } from '../../../me/me.ts'
import { ProblemCard } from '../../../problem/problem-card.tsx'
import { AnyOrOne } from '../../../ui/any-or-one.tsx'
import { Finder } from '../../../ui/finder.tsx'
import { Page } from '../../../ui/page.tsx'
import { Pager } from '../../../ui/pager.tsx'
import { Ago } from '../../../ui/time.tsx'
import { Waiting } from '../../../ui/waiting.tsx'
import { defineWords, useWords } from '../../../words/words.ts'

const words = defineWords('clusters', {
  en: {
    title: 'Clusters',
    search: 'Find by name',
    state: 'State',
    anyState: 'Any state',
    name: 'Name',
    version: 'Kubernetes',
    nodes: 'Nodes',
    endpoint: 'API server',
    created: 'Created',
    none: 'There is no cluster yet.',
    noneFound: 'No cluster is like that.',
    waiting: 'Reading the clusters …',
    create: 'New cluster',
  },
  'zh-CN': {
    title: '集群',
    search: '按名称查找',
    state: '状态',
    anyState: '所有状态',
    name: '名称',
    version: 'Kubernetes',
    nodes: '节点',
    endpoint: 'API 服务器',
    created: '创建时间',
    none: '还没有集群。',
    noneFound: '没有符合条件的集群。',
    waiting: '正在读取集群…',
    create: '新建集群',
  },
  'zh-TW': {
    title: '叢集',
    search: '按名稱尋找',
    state: '狀態',
    anyState: '所有狀態',
    name: '名稱',
    version: 'Kubernetes',
    nodes: '節點',
    endpoint: 'API 伺服器',
    created: '建立時間',
    none: '還沒有叢集。',
    noneFound: '沒有符合條件的叢集。',
    waiting: '正在讀取叢集…',
    create: '新增叢集',
  },
})

const PAGE_SIZE = 50

/** The clusters of a project; what is looked for stands in the address. */
export default function Clusters() {
  const say = useWords(words)
  const sayState = useWords(stateWords)
  const { project } = useParams({ from: '/shell/projects/$project/clusters' })
  const { search, state, before = [] } = useSearch({ from: '/shell/projects/$project/clusters' })
  const navigate = useNavigate({ from: '/projects/$project/clusters' })
  const asked = { search, state, pageToken: before.at(-1), pageSize: PAGE_SIZE }
  const { data, error, refetch } = useQuery(clustersQuery(project, asked))
  const may = useMay(project)
  const isFiltered = search !== undefined || state !== undefined
  return (
    <Page
      title={say('title')}
      actions={
        may('ClusterService_CreateCluster') && (
          <Button
            type="primary"
            href={`/projects/${project}/clusters/new`}
            onClick={(event) => {
              event.preventDefault()
              void navigate({ to: '/projects/$project/clusters/new', params: { project } })
            }}
          >
            {say('create')}
          </Button>
        )
      }
    >
      <div className="filters">
        <Finder
          label={say('search')}
          value={search ?? ''}
          onFind={(text) =>
            void navigate({ search: { state, ...(text ? { search: text } : {}) }, replace: true })
          }
        />
        <AnyOrOne
          label={say('state')}
          any={say('anyState')}
          choices={clusterStates.map((one) => ({ value: one, label: sayState(one) }))}
          value={state}
          onChoose={(chosen) => void navigate({ search: { search, ...(chosen ? { state: chosen } : {}) } })}
        />
      </div>
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data && <ClusterTable clusters={data.clusters} empty={say(isFiltered ? 'noneFound' : 'none')} />}
      <Pager
        before={before}
        next={data?.nextPageToken}
        onMove={(moved) =>
          void navigate({ search: { search, state, ...(moved.length ? { before: moved } : {}) } })
        }
      />
    </Page>
  )
}

function ClusterTable({ clusters, empty }: { clusters: Cluster[]; empty: string }) {
  const say = useWords(words)
  const columns: TableProps<Cluster>['columns'] = [
    {
      title: say('name'),
      render: (_, { id, name, project }) => (
        <Link to="/projects/$project/clusters/$cluster" params={{ project, cluster: id }}>
          <strong>{name}</strong>
        </Link>
      ),
    },
    { title: say('state'), render: (_, cluster) => <ClusterState of={cluster} /> },
    {
      title: say('version'),
      render: (_, { kubernetesVersion }) => <span className="number">{kubernetesVersion}</span>,
    },
    {
      title: say('nodes'),
      align: 'right',
      render: (_, { nodeCount }) => <span className="number">{nodeCount}</span>,
    },
    {
      title: say('endpoint'),
      responsive: ['md'],
      render: (_, { endpoint }) => <span className="code">{endpoint}</span>,
    },
    { title: say('created'), responsive: ['md'], render: (_, { createdAt }) => <Ago at={createdAt} /> },
  ]
  return (
    <div className="table">
      <Table
        size="middle"
        rowKey="id"
        columns={columns}
        dataSource={clusters}
        pagination={false}
        locale={{ emptyText: empty }}
      />
    </div>
  )
}
