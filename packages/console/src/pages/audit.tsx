import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Table, type TableProps } from 'antd'
import { type AuditEntry, auditQuery } from '../audit/queries.ts'
import { useMay } from '../me/me.ts'
import { ProblemCard } from '../problem/problem-card.tsx'
import { projectsQuery } from '../project/queries.ts'
import { download } from '../ui/download.ts'
import { Mark, type Tone } from '../ui/mark.tsx'
import { Page } from '../ui/page.tsx'
import { Pager } from '../ui/pager.tsx'
import { Waiting } from '../ui/waiting.tsx'
import { useLanguage, useWords } from '../words/words.ts'
import './audit/audit.css'
import { Entry } from './audit/entry.tsx'
import { AuditFilters } from './audit/filters.tsx'
import type { AuditSearch } from './audit/search.ts'
import { words } from './audit/words.ts'

const PAGE_SIZE = 100
const tones: Record<string, Tone> = { succeeded: 'good', refused: 'warn', failed: 'bad' }

/** What was done and what was refused, for administrators. */
export default function Audit() {
  const say = useWords(words)
  const { before = [], entry, ...filter } = useSearch({ from: '/shell/audit' })
  const navigate = useNavigate({ from: '/audit' })
  const may = useMay()
  const { data, error, refetch, isFetching } = useQuery({
    ...auditQuery({ ...filter, pageToken: before.at(-1), pageSize: PAGE_SIZE }),
    enabled: may('AuditService_ListAuditEntries'),
  })
  const go = (change: AuditSearch, replace = false) =>
    void navigate({ search: (was) => ({ ...was, ...change }), replace })
  const entries = data?.entries ?? []
  const open = entries.find(({ id }) => id === entry)
  const csv = async () => download('audit.csv', (await import('./audit/csv.ts')).csvOf(entries))
  return (
    <Page
      title={say('title')}
      aside={say('aside')}
      actions={
        <>
          <Button disabled={isFetching} onClick={() => void refetch()}>
            {say('again')}
          </Button>
          <Button disabled={entries.length === 0} onClick={() => void csv()}>
            {say('csv')}
          </Button>
          <Button
            disabled={entries.length === 0}
            onClick={() => download('audit.json', JSON.stringify(entries, null, 2))}
          >
            {say('json')}
          </Button>
        </>
      }
    >
      <AuditFilters
        of={filter}
        onChange={(change, replace) => go({ ...change, before: undefined }, replace)}
      />
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data && <Entries of={entries} onOpen={(id) => go({ entry: id })} />}
      <Pager
        before={before}
        next={data?.nextPageToken}
        onMove={(moved) => go({ before: moved.length ? moved : undefined, entry: undefined })}
      />
      {open && <Entry of={open} onClose={() => go({ entry: undefined })} />}
    </Page>
  )
}

function Entries({ of: entries, onOpen }: { of: AuditEntry[]; onOpen: (id: string) => void }) {
  const say = useWords(words)
  const language = useLanguage()
  const { data } = useInfiniteQuery(projectsQuery)
  const projects = new Map(data?.pages.flatMap((page) => page.projects).map(({ id, name }) => [id, name]))
  const when = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' })
  const columns: TableProps<AuditEntry>['columns'] = [
    {
      title: say('at'),
      className: 'audit-at',
      render: (_, { at }) => <span className="number">{at ? when.format(new Date(at)) : ''}</span>,
    },
    {
      title: say('who'),
      render: (_, { userName, user }) => userName || user || <span className="quiet">{say('nobody')}</span>,
    },
    {
      title: say('what'),
      render: (_, { id, method }) => (
        <Button type="link" className="audit-call" onClick={() => onOpen(id)}>
          {callOf(method)}
        </Button>
      ),
    },
    { title: say('project'), render: (_, { project }) => projects.get(project) ?? project },
    {
      title: say('object'),
      className: 'audit-object',
      render: (_, { noun, object }) => (
        <>
          {noun} <span className="code quiet">{object}</span>
        </>
      ),
    },
    {
      title: say('result'),
      render: (_, { result, code }) => (
        <Mark tone={tones[result] ?? 'idle'}>
          {result in tones ? say(result as 'succeeded') : result} {code}
        </Mark>
      ),
    },
    { title: say('source'), render: (_, { source }) => <span className="code">{source}</span> },
  ]
  return (
    <div className="table">
      <Table
        size="small"
        rowKey="id"
        columns={columns}
        dataSource={entries}
        pagination={false}
        locale={{ emptyText: <span className="quiet">{say('none')}</span> }}
      />
    </div>
  )
}

/** `slipway.host.v1.HostService/CreateHost` as people say it. */
function callOf(method: string): string {
  return method.split('/').at(-1) ?? method
}
