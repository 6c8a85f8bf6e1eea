import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Table } from 'antd'
import type { Row } from '../../../../../../object/change.ts'
import { objectsQuery, type Place, type Wanted } from '../../../../../../object/queries.ts'
import { useWatchedObjects } from '../../../../../../object/watch.ts'
import { ProblemCard } from '../../../../../../problem/problem-card.tsx'
import { durationOf, useNow } from '../../../../../../ui/time.tsx'
import { Waiting } from '../../../../../../ui/waiting.tsx'
import { useWords } from '../../../../../../words/words.ts'
import { words } from './words.ts'

/** Objects of one kind in the columns that the API server has for it, kept true while they are looked at. */
export function ObjectTable({
  place,
  wanted,
  find = '',
  empty,
  onOpen,
}: {
  place: Place
  wanted: Wanted
  /** A part of a name. */
  find?: string
  /** Said where there is none. */
  empty?: string
  /** Makes names open what they name. */
  onOpen?: (row: Row) => void
}) {
  const say = useWords(words)
  const { data, error, refetch, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(objectsQuery(place, wanted))
  // The first page says since when: what came while others were read is told again, and changes nothing.
  useWatchedObjects(place, wanted, data?.pages[0]?.resourceVersion)
  const rows = data?.pages.flatMap((page) => page.rows) ?? []
  const found = rows.filter(({ name }) => name.includes(find))
  if (isPending) return <Waiting what={say('waiting')} />
  return (
    <div className="stack">
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {data && (
        <div className="table">
          <Table
            size="middle"
            rowKey="uid"
            columns={columnsOf(data.pages[0]?.columns ?? [], {
              namespace: wanted.namespace ? undefined : say('namespace'),
              onOpen,
              open: (name) => say('open', { name }),
            })}
            dataSource={found}
            pagination={false}
            locale={{ emptyText: find ? say('noneFound') : (empty ?? say('none')) }}
          />
        </div>
      )}
      {data && (
        <div className="actions">
          <span className="quiet" role="status">
            {hasNextPage ? say('readSome', { count: rows.length }) : say('read', { count: rows.length })}
          </span>
          {hasNextPage && (
            <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {say('more')}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

/** The columns that stand in a narrow table, with the namespace where objects of several are shown. */
function columnsOf(
  columns: readonly { name: string; priority: number; description: string }[],
  {
    namespace,
    onOpen,
    open,
  }: {
    /** The title of its column, where there is one. */
    namespace: string | undefined
    onOpen: ((row: Row) => void) | undefined
    open: (name: string) => string
  },
) {
  const own = columns
    .map((column, at) => ({ ...column, at }))
    .filter(({ priority }) => priority === 0)
    .map(({ name, description, at }) => ({
      key: name,
      title: <span title={description}>{name}</span>,
      render: (_: unknown, row: Row) => {
        if (name === 'Name' && onOpen)
          return (
            <Button
              type="link"
              className="object-name"
              aria-label={open(row.name)}
              onClick={() => onOpen(row)}
            >
              {row.cells[at]}
            </Button>
          )
        return name === 'Age' ? <Age from={row.createdAt} /> : row.cells[at]
      },
    }))
  if (!namespace) return own
  return [{ key: 'namespace', title: namespace, render: (_: unknown, row: Row) => row.namespace }, ...own]
}

/** The API server tells ages as they were when it was asked. */
function Age({ from }: { from: string | undefined }) {
  const now = useNow()
  if (!from) return null
  const seconds = Math.max(0, Math.round((now - Date.parse(from)) / 1000))
  const days = Math.floor(seconds / 86_400)
  return <span className="number">{days > 1 ? `${days} d` : durationOf(seconds)}</span>
}
