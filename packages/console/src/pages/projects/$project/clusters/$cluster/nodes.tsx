import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Drawer, Table, type TableProps } from 'antd'
import { type Cluster, type Node, nodesQuery } from '../../../../../cluster/queries.ts'
import { useMay } from '../../../../../me/me.ts'
import { ProblemCard } from '../../../../../problem/problem-card.tsx'
import { Mark } from '../../../../../ui/mark.tsx'
import { Waiting } from '../../../../../ui/waiting.tsx'
import { useWords } from '../../../../../words/words.ts'
import { type ActionName, actions } from './action-names.ts'
import { NodeAction } from './actions.tsx'
import { Age } from './age.tsx'
import { troubles } from './health.ts'
import { words } from './nodes-words.ts'

/** The nodes as their API server tells them now, and what can be done with those that are chosen. */
export default function Nodes({ project, cluster }: { project: string; cluster: Cluster }) {
  const say = useWords(words)
  const isRunning = cluster.state === 'running'
  const { data, error, refetch, isPending } = useQuery({
    ...nodesQuery(project, cluster.id),
    enabled: isRunning,
  })
  const { chosen: named = [], act } = useSearch({ from: '/shell/projects/$project/clusters/$cluster' })
  const navigate = useNavigate({ from: '/projects/$project/clusters/$cluster' })
  // An old address, or a node that was removed since.
  const chosen = data ? named.filter((name) => data.some((node) => node.name === name)) : named
  const choose = (names: string[]) =>
    void navigate({
      search: ({ chosen: _, ...was }) => (names.length > 0 ? { ...was, chosen: names } : was),
      replace: true,
    })
  const open = (action: ActionName) => void navigate({ search: (was) => ({ ...was, act: action }) })
  const close = () => void navigate({ search: ({ act: _, ...was }) => was })
  if (!isRunning) return <p className="quiet">{say('notRunning')}</p>
  return (
    <div className="stack">
      <Bar project={project} chosen={chosen} onOpen={open} />
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {isPending && <Waiting what={say('waiting')} />}
      {data && <NodeTable nodes={data} chosen={chosen} onChoose={choose} />}
      <Age at={data?.[0]?.readAt} />
      <Drawer
        open={act !== undefined}
        onClose={close}
        size={760}
        destroyOnHidden
        title={act && say(act)}
        rootClassName="action"
        closable={{ 'aria-label': say('close') }}
      >
        {act && (
          <NodeAction project={project} cluster={cluster.id} action={act} names={chosen} onBegun={close} />
        )}
      </Drawer>
    </div>
  )
}

/** What the person may do, with the chosen nodes or without any. */
function Bar({
  project,
  chosen,
  onOpen,
}: {
  project: string
  chosen: readonly string[]
  onOpen: (action: ActionName) => void
}) {
  const say = useWords(words)
  const may = useMay(project)
  const offered = (Object.keys(actions) as ActionName[]).filter((name) => may(actions[name]))
  if (offered.length === 0) return null
  return (
    <div className="actions">
      {offered.map((name) => (
        <Button
          key={name}
          danger={name === 'remove'}
          type={name === 'add' ? 'primary' : 'default'}
          disabled={name !== 'add' && chosen.length === 0}
          onClick={() => onOpen(name)}
        >
          {say(name)}
        </Button>
      ))}
      <span className="quiet chosen" role="status">
        {say('chosen', { count: chosen.length })}
      </span>
    </div>
  )
}

function NodeTable({
  nodes,
  chosen,
  onChoose,
}: {
  nodes: Node[]
  chosen: readonly string[]
  onChoose: (names: string[]) => void
}) {
  const say = useWords(words)
  const columns: TableProps<Node>['columns'] = [
    { title: say('name'), dataIndex: 'name', render: (name: string) => <strong>{name}</strong> },
    { title: say('state'), render: (_, node) => <State of={node} /> },
    {
      title: say('role'),
      render: (_, { role }) => (role === 'control-plane' ? say('control') : say('worker')),
    },
    { title: say('version'), dataIndex: 'kubeletVersion', className: 'number' },
    { title: say('address'), render: (_, { internalIp }) => <span className="code">{internalIp}</span> },
    { title: say('podCidr'), render: (_, { podCidr }) => <span className="code">{podCidr}</span> },
    { title: say('marks'), render: (_, node) => <Marks of={node} /> },
  ]
  return (
    <div className="table">
      <Table
        size="middle"
        rowKey="name"
        columns={columns}
        dataSource={nodes}
        pagination={false}
        locale={{ emptyText: say('none') }}
        expandable={{
          columnTitle: <span className="unseen">{say('conditions')}</span>,
          expandedRowRender: (node) => <Conditions of={node} />,
        }}
        rowSelection={{
          selectedRowKeys: [...chosen],
          preserveSelectedRowKeys: true,
          onChange: (keys) => onChoose(keys.map(String)),
          getCheckboxProps: ({ name }) => ({ 'aria-label': say('choose', { name }) }) as object,
        }}
      />
    </div>
  )
}

function State({ of }: { of: Node }) {
  const say = useWords(words)
  return (
    <>
      <Mark tone={of.ready ? 'good' : 'bad'}>{say(of.ready ? 'ready' : 'notReady')}</Mark>
      {of.cordoned && (
        <div>
          <Mark tone="warn">{say('cordoned')}</Mark>
        </div>
      )}
      {troubles(of).map(({ type, reason, message }) => (
        <div key={type} className="quiet why">
          {type !== 'Ready' && `${type}: `}
          {[reason, message].filter(Boolean).join(': ') || say('unsaid')}
        </div>
      ))}
    </>
  )
}

/** Everything that its API server says about a node's state. */
function Conditions({ of: { conditions } }: { of: Node }) {
  return (
    <ul className="conditions">
      {conditions.map(({ type, status, reason, message }) => (
        <li key={type}>
          <strong>{type}</strong> {status}{' '}
          <span className="quiet">{[reason, message].filter(Boolean).join(': ')}</span>
        </li>
      ))}
    </ul>
  )
}

/** Labels that Kubernetes sets on every node say nothing here. */
const ITS_OWN = /^(beta\.)?kubernetes\.io\/|^node\.kubernetes\.io\/|^node-role\.kubernetes\.io\//

function Marks({ of: { labels, taints } }: { of: Node }) {
  const own = Object.entries(labels).filter(([key]) => !ITS_OWN.test(key))
  const all = [
    ...own.map(([key, value]) => (value ? `${key}=${value}` : key)),
    ...taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`),
  ]
  return (
    <ul className="chips">
      {all.map((text) => (
        <li key={text} className="chip">
          {text}
        </li>
      ))}
    </ul>
  )
}
