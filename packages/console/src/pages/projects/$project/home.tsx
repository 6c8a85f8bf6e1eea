import { useQueries, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { clustersQuery } from '../../../cluster/queries.ts'
import { stateWords } from '../../../cluster/words.ts'
import { hostsQuery } from '../../../host/queries.ts'
import { operationsQuery } from '../../../operation/queries.ts'
import { OperationRow } from '../../../operation/row.tsx'
import { ProblemCard } from '../../../problem/problem-card.tsx'
import { projectQuery } from '../../../project/queries.ts'
import { Page, Section } from '../../../ui/page.tsx'
import { Waiting } from '../../../ui/waiting.tsx'
import { defineWords, useWords } from '../../../words/words.ts'

const words = defineWords('home', {
  en: {
    needs: 'Needs you now',
    calm: 'Nothing waits for you.',
    fleet: 'Fleet',
    recent: 'Recent operations',
    noOperations: 'Nothing was changed yet.',
    clusters: 'Clusters',
    hosts: 'Hosts',
    nodes: 'Nodes',
    none: 'none yet',
    allRunning: 'all running',
    allFree: 'free',
    inClusters: '{{count}} in clusters',
    waiting: 'Reading what there is …',
    begin: 'Three steps to the first cluster',
    stepCredential: 'Give a credential',
    stepCredentialWhy:
      'The user and key by which Slipway reaches hosts. It is sealed, and opened only while it is used.',
    stepHosts: 'Add hosts',
    stepHostsWhy:
      'Debian machines that this one reaches by SSH. One is enough to try; three carry a cluster that survives a failure.',
    stepCluster: 'Create the cluster',
    stepClusterWhy: 'Slipway checks the hosts and shows the plan, step by step, before it changes anything.',
    byCommand: 'By the command line:',
  },
  'zh-CN': {
    needs: '需要您处理',
    calm: '没有需要您处理的事项。',
    fleet: '概况',
    recent: '最近的操作',
    noOperations: '还没有任何变更。',
    clusters: '集群',
    hosts: '主机',
    nodes: '节点',
    none: '尚无',
    allRunning: '全部运行中',
    allFree: '空闲',
    inClusters: '{{count}} 台在集群中',
    waiting: '正在读取…',
    begin: '三步创建第一个集群',
    stepCredential: '提供凭据',
    stepCredentialWhy: 'Slipway 用来访问主机的用户和密钥。它被密封保存，仅在使用时打开。',
    stepHosts: '添加主机',
    stepHostsWhy: '本机可通过 SSH 访问的 Debian 机器。一台即可试用；三台可组成能承受单点故障的集群。',
    stepCluster: '创建集群',
    stepClusterWhy: 'Slipway 会先检查主机并逐步展示计划，然后才做任何更改。',
    byCommand: '使用命令行：',
  },
  'zh-TW': {
    needs: '需要您處理',
    calm: '沒有需要您處理的事項。',
    fleet: '概況',
    recent: '最近的操作',
    noOperations: '還沒有任何變更。',
    clusters: '叢集',
    hosts: '主機',
    nodes: '節點',
    none: '尚無',
    allRunning: '全部運作中',
    allFree: '閒置',
    inClusters: '{{count}} 台在叢集中',
    waiting: '正在讀取…',
    begin: '三步建立第一個叢集',
    stepCredential: '提供憑證',
    stepCredentialWhy: 'Slipway 用來存取主機的使用者和金鑰。它被密封保存，僅在使用時開啟。',
    stepHosts: '加入主機',
    stepHostsWhy: '本機可透過 SSH 存取的 Debian 機器。一台即可試用；三台可組成能承受單點故障的叢集。',
    stepCluster: '建立叢集',
    stepClusterWhy: 'Slipway 會先檢查主機並逐步展示計畫，然後才做任何變更。',
    byCommand: '使用命令列：',
  },
})

/** So many are counted; beyond it the figure says that there are more. */
const COUNTED = 500
const RECENT = 10

/** What of a project needs a person now, how large it is, and what happened last. */
export default function Home() {
  const say = useWords(words)
  const { project } = useParams({ from: '/shell/projects/$project/' })
  const { data: known } = useQuery(projectQuery(project))
  const [clusters, hosts, recent] = useQueries({
    queries: [
      clustersQuery(project, { pageSize: COUNTED }),
      hostsQuery(project, { pageSize: COUNTED }),
      operationsQuery(project, { pageSize: RECENT }),
    ],
  })
  const failure = clusters.error ?? hosts.error ?? recent.error
  const isEmpty = clusters.data?.clusters.length === 0 && hosts.data?.hosts.length === 0
  return (
    <Page title={known?.name ?? ''} aside={known?.description}>
      {failure && <ProblemCard of={failure} />}
      {isEmpty && <FirstSteps project={project} />}
      {!isEmpty && clusters.data && hosts.data && (
        <>
          <NeedsYou project={project} />
          <Fleet project={project} clusters={clusters.data} hosts={hosts.data} />
        </>
      )}
      {!(clusters.data && hosts.data) && !failure && <Waiting what={say('waiting')} />}
      {recent.data && !isEmpty && (
        <Section title={say('recent')}>
          {recent.data.operations.length === 0 ? (
            <p className="quiet">{say('noOperations')}</p>
          ) : (
            <ul className="rows">
              {recent.data.operations.map((operation) => (
                <OperationRow key={operation.id} of={operation} />
              ))}
            </ul>
          )}
        </Section>
      )}
    </Page>
  )
}

/** Operations that stopped, and wait for a person to go on. */
function NeedsYou({ project }: { project: string }) {
  const say = useWords(words)
  const [failed, paused] = useQueries({
    queries: ['failed', 'paused'].map((state) => operationsQuery(project, { state, pageSize: 20 })),
  })
  const { data: clusters } = useQuery(clustersQuery(project, { pageSize: COUNTED }))
  if (!failed?.data || !paused?.data || !clusters) return <Waiting what={say('waiting')} />
  // A failure that a later operation of the same cluster left behind needs nobody any more.
  const latest = new Set(clusters.clusters.map(({ operation }) => operation))
  const all = [...paused.data.operations, ...failed.data.operations].filter(({ id }) => latest.has(id))
  return (
    <Section title={say('needs')}>
      {all.length === 0 ? (
        <p className="quiet">{say('calm')}</p>
      ) : (
        <ul className="rows">
          {all.map((operation) => (
            <OperationRow key={operation.id} of={operation} />
          ))}
        </ul>
      )}
    </Section>
  )
}

type FleetData = {
  project: string
  clusters: Awaited<ReturnType<NonNullable<ReturnType<typeof clustersQuery>['queryFn']>>>
  hosts: Awaited<ReturnType<NonNullable<ReturnType<typeof hostsQuery>['queryFn']>>>
}

function Fleet({ project, clusters, hosts }: FleetData) {
  const say = useWords(words)
  const sayState = useWords(stateWords)
  const others = Map.groupBy(
    clusters.clusters.filter(({ state }) => state !== 'running'),
    ({ state }) => state,
  )
  const states = [...others].map(([state, all]) => `${all.length} ${sayState(state as 'failed')}`)
  const used = hosts.hosts.filter(({ cluster }) => cluster !== '').length
  const count = (rows: readonly unknown[], next: string) => `${rows.length}${next ? '+' : ''}`
  const nodes = clusters.clusters.reduce((sum, { spec }) => sum + (spec?.nodes?.length ?? 0), 0)
  return (
    <Section title={say('fleet')}>
      <div className="figures">
        <Link to="/projects/$project/clusters" params={{ project }} className="panel figure">
          <span className="quiet">{say('clusters')}</span>
          <strong>{count(clusters.clusters, clusters.nextPageToken)}</strong>
          <span className="quiet">
            {clusters.clusters.length === 0 ? say('none') : states.join(' · ') || say('allRunning')}
          </span>
        </Link>
        <div className="panel figure">
          <span className="quiet">{say('nodes')}</span>
          <strong>{`${nodes}${clusters.nextPageToken ? '+' : ''}`}</strong>
        </div>
        <div className="panel figure">
          <span className="quiet">{say('hosts')}</span>
          <strong>{count(hosts.hosts, hosts.nextPageToken)}</strong>
          <span className="quiet">
            {hosts.hosts.length === 0 ? say('none') : say('inClusters', { count: used })}
          </span>
        </div>
      </div>
    </Section>
  )
}

/** What a person does who has nothing yet. */
function FirstSteps({ project }: { project: string }) {
  const say = useWords(words)
  const steps = [
    [
      'stepCredential',
      'stepCredentialWhy',
      `credential create --project ${project} --name ops -f credential.yaml`,
    ],
    [
      'stepHosts',
      'stepHostsWhy',
      `host create --project ${project} --name web-1 --address 192.0.2.21 --credential …`,
    ],
    [
      'stepCluster',
      'stepClusterWhy',
      `cluster create --project ${project} --name prod -f cluster.yaml --dry-run plan`,
    ],
  ] as const
  return (
    <Section title={say('begin')}>
      <ol className="steps panel">
        {steps.map(([title, why, command]) => (
          <li key={title}>
            <strong>{say(title)}</strong>
            <p className="quiet">{say(why)}</p>
            <p className="code command">slipway {command}</p>
          </li>
        ))}
      </ol>
    </Section>
  )
}
