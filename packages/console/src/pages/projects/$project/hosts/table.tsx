import { Table } from 'antd'
import type { Host } from '../../../../host/queries.ts'
import { useWords } from '../../../../words/words.ts'
import { useCells } from './columns.tsx'
import type { HostsSearch } from './search.ts'
import { words } from './words.ts'

type Shown = {
  project: string
  hosts: Host[]
  columns: readonly string[]
  empty: string
  sort: HostsSearch['sort']
  open: string | undefined
  /** Undefined where nothing can be done with a choice. */
  chosen: readonly Host[] | undefined
  onSort: (sort: HostsSearch['sort']) => void
  onOpen: (host: string) => void
  onChoose: (hosts: Host[]) => void
  onTag: (tag: string) => void
}

/** A page of hosts as the server cut and sorted it. */
export function HostTable(shown: Shown) {
  const say = useWords(words)
  const { project, hosts, columns, empty, sort, open, chosen, onSort, onOpen, onChoose, onTag } = shown
  const cells = useCells(project, onTag).filter(({ key }) => columns.includes(String(key)))
  const orderOf = (column: string) =>
    sort === column ? ('ascend' as const) : sort === `-${column}` ? ('descend' as const) : null
  const name = {
    key: 'name',
    title: say('name'),
    sorter: true,
    render: (_: unknown, host: Host) => (
      <button type="button" className="host-name" onClick={() => onOpen(host.id)}>
        {host.name}
      </button>
    ),
  }
  return (
    <div className="table">
      <Table<Host>
        size="middle"
        rowKey="id"
        className="hosts"
        columns={[name, ...cells].map((cell) => ({
          ...cell,
          ...(cell.sorter ? { sortOrder: orderOf(String(cell.key)) } : {}),
        }))}
        dataSource={hosts}
        pagination={false}
        showSorterTooltip={false}
        locale={{ emptyText: <span className="quiet">{empty}</span> }}
        rowClassName={({ id }) => (id === open ? 'row-open' : '')}
        {...(chosen
          ? {
              rowSelection: {
                selectedRowKeys: chosen.map(({ id }) => id),
                preserveSelectedRowKeys: true,
                onChange: (_keys, rows) => onChoose(rows),
                getCheckboxProps: (host) =>
                  ({ 'aria-label': say('choose', { name: host.name }) }) as Record<string, string>,
              },
            }
          : {})}
        onChange={(_pages, _filters, sorter, { action }) => {
          if (action !== 'sort' || Array.isArray(sorter)) return
          const { columnKey, order } = sorter
          onSort(order ? (`${order === 'descend' ? '-' : ''}${columnKey}` as HostsSearch['sort']) : undefined)
        }}
      />
    </div>
  )
}
