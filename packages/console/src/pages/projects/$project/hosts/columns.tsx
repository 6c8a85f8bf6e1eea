import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Popover, type TableProps } from 'antd'
import { useState } from 'react'
import { clustersQuery } from '../../../../cluster/queries.ts'
import { credentialsQuery } from '../../../../credential/queries.ts'
import type { Host } from '../../../../host/queries.ts'
import { HostState } from '../../../../host/state.tsx'
import { Ago } from '../../../../ui/time.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

const columns = [
  'state',
  'address',
  'cluster',
  'cpus',
  'memory',
  'os',
  'kernel',
  'architecture',
  'tags',
  'credential',
  'factsAt',
  'createdAt',
] as const
type Column = (typeof columns)[number]
const usual: readonly Column[] = ['state', 'address', 'cluster', 'cpus', 'memory', 'os', 'tags', 'factsAt']
const KEPT = 'slipway.hosts.columns'

/** Which columns are shown beside the name, kept in this browser. */
export function useColumns(): [readonly Column[], (chosen: readonly Column[]) => void] {
  const [chosen, setChosen] = useState(readKept)
  const choose = (next: readonly Column[]) => {
    localStorage.setItem(KEPT, next.join())
    setChosen(next)
  }
  return [chosen, choose]
}

function readKept(): readonly Column[] {
  const kept = localStorage.getItem(KEPT)?.split(',')
  return kept ? columns.filter((column) => kept.includes(column)) : usual
}

/** Chooses columns. */
export function ColumnChoice({
  chosen,
  onChoose,
}: {
  chosen: readonly Column[]
  onChoose: (c: readonly Column[]) => void
}) {
  const say = useWords(words)
  const options = columns.map((value) => ({ value, label: say(value) }))
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <Checkbox.Group
          className="column-choice"
          options={options}
          value={[...chosen]}
          onChange={(next) => onChoose(columns.filter((column) => next.includes(column)))}
        />
      }
    >
      <Button aria-haspopup="dialog">{say('columns')}</Button>
    </Popover>
  )
}

/** How each column shows a host. */
export function useCells(
  project: string,
  onTag: (tag: string) => void,
): TableProps<Host>['columns'] & object {
  const say = useWords(words)
  const { data: clusters } = useQuery(clustersQuery(project, { pageSize: 500 }))
  const { data: credentials } = useQuery(credentialsQuery(project))
  const clusterNames = new Map(clusters?.clusters.map(({ id, name }) => [id, name]))
  const credentialNames = new Map(credentials?.credentials.map(({ id, name }) => [id, name]))
  const cells: Record<Column, (host: Host) => React.ReactNode> = {
    state: (host) => <HostState of={host} />,
    address: ({ address, port }) => (
      <span className="code">{port === 22 ? address : `${address}:${port}`}</span>
    ),
    cluster: ({ cluster }) =>
      cluster ? (clusterNames.get(cluster) ?? cluster) : <span className="quiet">{say('free')}</span>,
    cpus: ({ facts }) => facts?.cpus,
    memory: ({ facts }) => facts && gibOf(facts.memoryMib),
    os: ({ facts }) => facts?.osName,
    kernel: ({ facts }) => facts?.kernel,
    architecture: ({ facts }) => facts?.architecture,
    tags: ({ tags }) => <Tags of={tags} onTag={onTag} />,
    credential: ({ credential }) => credentialNames.get(credential) ?? credential,
    factsAt: ({ factsAt }) => <Ago at={factsAt} />,
    createdAt: ({ createdAt }) => <Ago at={createdAt} />,
  }
  return columns.map((key) => ({
    key,
    title: say(key),
    className: key === 'cpus' || key === 'memory' ? 'number' : 'cell',
    align: key === 'cpus' || key === 'memory' ? ('right' as const) : undefined,
    sorter: key === 'address',
    render: (_: unknown, host: Host) => cells[key](host),
  }))
}

/** Memory as people say it: `16 GiB`. */
export function gibOf(mib: number): string {
  const gib = mib / 1024
  return `${gib < 10 ? Math.round(gib * 10) / 10 : Math.round(gib)} GiB`
}

function Tags({ of: tags, onTag }: { of: readonly string[]; onTag: (tag: string) => void }) {
  return (
    <span className="tags">
      {tags.map((tag) => (
        <button
          type="button"
          key={tag}
          className="tag"
          onClick={(event) => {
            event.stopPropagation()
            onTag(tag)
          }}
        >
          {tag}
        </button>
      ))}
    </span>
  )
}
