import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Switch, Table, type TableProps } from 'antd'
import { api, type Message, told } from '../api/client.ts'
import { useMay } from '../me/me.ts'
import { ProblemCard } from '../problem/problem-card.tsx'
import { Mark } from '../ui/mark.tsx'
import { Page } from '../ui/page.tsx'
import { Waiting } from '../ui/waiting.tsx'
import { versionsQuery } from '../version/queries.ts'
import { defineWords, useWords } from '../words/words.ts'

const words = defineWords('versions', {
  en: {
    title: 'Versions',
    aside: 'What new clusters can be made of. Clusters that are there keep theirs.',
    name: 'Kubernetes',
    components: 'With',
    platforms: 'For hosts with',
    stored: 'Artifacts',
    available: 'In the repository',
    missing: 'Not in the repository: fetch and push them',
    enabled: 'For new clusters',
    on: 'Offered',
    off: 'Not offered',
    toggle: 'Offer {{name}} for new clusters',
    none: 'This Slipway knows no version.',
    waiting: 'Reading the versions …',
  },
  'zh-CN': {
    title: '版本',
    aside: '新集群可以使用的版本。已有集群保持原有版本。',
    name: 'Kubernetes',
    components: '组件',
    platforms: '适用的主机',
    stored: '制品',
    available: '已在仓库中',
    missing: '仓库中缺少制品：请获取并推送',
    enabled: '用于新集群',
    on: '可选',
    off: '不可选',
    toggle: '允许新集群使用 {{name}}',
    none: '此 Slipway 没有任何版本。',
    waiting: '正在读取版本…',
  },
  'zh-TW': {
    title: '版本',
    aside: '新叢集可以使用的版本。既有叢集保持原有版本。',
    name: 'Kubernetes',
    components: '元件',
    platforms: '適用的主機',
    stored: '製品',
    available: '已在儲存庫中',
    missing: '儲存庫中缺少製品：請取得並推送',
    enabled: '用於新叢集',
    on: '可選',
    off: '不可選',
    toggle: '允許新叢集使用 {{name}}',
    none: '此 Slipway 沒有任何版本。',
    waiting: '正在讀取版本…',
  },
})

type Version = Message<'version.v1.Version'>

/** The versions that this install knows, and which of them new clusters may take. */
export default function Versions() {
  const say = useWords(words)
  const { data, error, refetch } = useQuery(versionsQuery)
  const columns: TableProps<Version>['columns'] = [
    {
      title: say('name'),
      render: (_, { name }) => <strong className="number">{name}</strong>,
    },
    {
      title: say('components'),
      responsive: ['md'],
      render: (_, { components }) => (
        <span className="quiet">
          {Object.entries(components)
            .map((pair) => pair.join(' '))
            .join(', ')}
        </span>
      ),
    },
    { title: say('platforms'), responsive: ['md'], render: (_, { platforms }) => platforms.join(', ') },
    {
      title: say('stored'),
      render: (_, { name, available }) => (
        <>
          <Mark tone={available ? 'good' : 'warn'}>{say(available ? 'available' : 'missing')}</Mark>
          {!available && <div className="code">{`slipway release fetch ${name}`}</div>}
          {!available && <div className="code">{`slipway release push ${name}`}</div>}
        </>
      ),
    },
    { title: say('enabled'), render: (_, version) => <Offer of={version} /> },
  ]
  return (
    <Page title={say('title')} aside={say('aside')}>
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data && (
        <div className="table">
          <Table
            size="middle"
            rowKey="name"
            columns={columns}
            dataSource={data.versions}
            pagination={false}
            locale={{ emptyText: <span className="quiet">{say('none')}</span> }}
          />
        </div>
      )}
    </Page>
  )
}

function Offer({ of: { name, enabled } }: { of: Version }) {
  const say = useWords(words)
  const may = useMay()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (wanted: boolean) =>
      told(api.PATCH('/api/v1/versions/{name}', { params: { path: { name } }, body: { enabled: wanted } })),
    onSettled: () => queries.invalidateQueries({ queryKey: versionsQuery.queryKey }),
  })
  if (!may('VersionService_UpdateVersion')) return say(enabled ? 'on' : 'off')
  return (
    <>
      <Switch
        aria-label={say('toggle', { name })}
        checked={enabled}
        loading={change.isPending}
        onChange={(wanted) => change.mutate(wanted)}
      />
      {change.error && <ProblemCard of={change.error} />}
    </>
  )
}
