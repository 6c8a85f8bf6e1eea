import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { type Host, hostsQuery } from '../../../host/queries.ts'
import { useMay } from '../../../me/me.ts'
import { ProblemCard } from '../../../problem/problem-card.tsx'
import { Page } from '../../../ui/page.tsx'
import { Pager } from '../../../ui/pager.tsx'
import { Waiting } from '../../../ui/waiting.tsx'
import { useWords } from '../../../words/words.ts'
import { BatchBar, type Deed } from './hosts/batch-bar.tsx'
import { ColumnChoice, useColumns } from './hosts/columns.tsx'
import { Filters } from './hosts/filters.tsx'
import './hosts/hosts.css'
import type { HostsSearch } from './hosts/search.ts'
import { HostTable } from './hosts/table.tsx'
import { words } from './hosts/words.ts'

const HostDrawer = lazy(() => import('./hosts/drawer.tsx'))
const HostForm = lazy(() => import('./hosts/form.tsx'))
const ImportHosts = lazy(() => import('./hosts/import.tsx'))
const Batch = lazy(() => import('./hosts/batch.tsx'))
const Preflight = lazy(() => import('./hosts/preflight.tsx'))

/**
 * Pages and no endless list: what is looked at is asked for again every three seconds, and of 10,000 hosts (some 9.6 MB of
 * JSON) that would be all that was ever scrolled past. A page of 100 is 97 kB and one lookup by an index, the first as the last.
 */
const PAGE_SIZE = 100

/** The hosts of a project; what is looked for, the page and the open host stand in the address. */
export default function Hosts() {
  const say = useWords(words)
  const { project } = useParams({ from: '/shell/projects/$project/hosts' })
  const asked = useSearch({ from: '/shell/projects/$project/hosts' })
  const navigate = useNavigate({ from: '/projects/$project/hosts' })
  const may = useMay(project)
  const { search, state, tag, cluster, sort, before = [], host, add } = asked
  const { data, error, refetch } = useQuery(
    hostsQuery(project, {
      ...{ search, state, tag, cluster },
      orderBy: sort,
      pageToken: before.at(-1),
      pageSize: PAGE_SIZE,
    }),
  )
  const [columns, chooseColumns] = useColumns()
  const [chosen, setChosen] = useState<Host[]>([])
  const [deed, setDeed] = useState<{ deed: Deed; hosts: Host[] }>()
  const go = (change: HostsSearch, replace = false) =>
    void navigate({ search: (was) => ({ ...was, ...change }), replace })
  const isFiltered = [search, state, tag, cluster].some(Boolean)
  const mayAct = may('HostService_RefreshHost')
  return (
    <Page
      title={say('title')}
      actions={
        may('HostService_CreateHost') && (
          <>
            <Button onClick={() => go({ add: 'many' })}>{say('addMany')}</Button>
            <Button type="primary" onClick={() => go({ add: 'one' })}>
              {say('add')}
            </Button>
          </>
        )
      }
    >
      <Filters
        project={project}
        of={asked}
        onChange={(filter, { replace }) => go({ ...filter, before: undefined }, replace)}
      >
        <ColumnChoice chosen={columns} onChoose={chooseColumns} />
      </Filters>
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data && (
        <>
          <BatchBar
            count={data.hosts.length}
            chosen={chosen.length}
            may={may}
            onDo={(wanted) => setDeed({ deed: wanted, hosts: chosen })}
            onClear={() => setChosen([])}
          />
          <HostTable
            project={project}
            hosts={data.hosts}
            columns={columns}
            empty={say(isFiltered ? 'noneFound' : 'none')}
            sort={sort}
            open={host}
            chosen={mayAct ? chosen : undefined}
            onSort={(next) => go({ sort: next, before: undefined })}
            onOpen={(id) => go({ host: id })}
            onChoose={setChosen}
            onTag={(next) => go({ tag: next, before: undefined })}
          />
        </>
      )}
      <Pager
        before={before}
        next={data?.nextPageToken}
        onMove={(moved) => go({ before: moved.length ? moved : undefined })}
      />
      <Suspense>
        {host && (
          <HostDrawer
            key={host}
            project={project}
            id={host}
            onDo={(wanted, of) => setDeed({ deed: wanted, hosts: [of] })}
            onClose={() => go({ host: undefined })}
          />
        )}
        {add === 'one' && <HostForm project={project} onClose={() => go({ add: undefined })} />}
        {add === 'many' && <ImportHosts project={project} onClose={() => go({ add: undefined })} />}
        {deed?.deed === 'check' && (
          <Preflight project={project} hosts={deed.hosts} onClose={() => setDeed(undefined)} />
        )}
        {deed && deed.deed !== 'check' && (
          <Batch
            project={project}
            deed={deed.deed}
            hosts={deed.hosts}
            onClose={(gone) => {
              setDeed(undefined)
              setChosen(chosen.filter(({ id }) => !gone.has(id)))
              if (host && gone.has(host)) go({ host: undefined })
            }}
          />
        )}
      </Suspense>
    </Page>
  )
}
