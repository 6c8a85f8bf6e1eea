import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import type { ReactNode } from 'react'
import { clustersQuery } from '../../../../cluster/queries.ts'
import { hostStates, stateWords } from '../../../../host/words.ts'
import { Finder } from '../../../../ui/finder.tsx'
import { useWords } from '../../../../words/words.ts'
import type { HostsSearch } from './search.ts'
import { words } from './words.ts'

type Filter = Pick<HostsSearch, 'search' | 'state' | 'tag' | 'cluster'>

/** What hosts are looked for; the server looks. */
export function Filters({
  project,
  of: { search, state, tag, cluster },
  onChange,
  children,
}: {
  project: string
  of: Filter
  onChange: (filter: Filter, how: { replace: boolean }) => void
  children: ReactNode
}) {
  const say = useWords(words)
  const sayState = useWords(stateWords)
  const { data } = useQuery(clustersQuery(project, { pageSize: 500 }))
  const filter = { search, state, tag, cluster }
  return (
    <div className="filters">
      <Finder
        label={say('search')}
        value={search ?? ''}
        onFind={(text) => onChange({ ...filter, search: text || undefined }, { replace: true })}
      />
      <Select
        className="filter"
        aria-label={say('state')}
        value={state ?? ''}
        options={[
          { value: '', label: say('anyState') },
          ...hostStates.map((value) => ({ value: value as string, label: sayState(value) })),
        ]}
        onChange={(chosen) => onChange({ ...filter, state: chosen || undefined }, { replace: false })}
        popupMatchSelectWidth={false}
      />
      <Select
        className="filter"
        aria-label={say('cluster')}
        value={cluster ?? ''}
        options={[
          { value: '', label: say('anyCluster') },
          ...(data?.clusters ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(chosen) => onChange({ ...filter, cluster: chosen || undefined }, { replace: false })}
        popupMatchSelectWidth={false}
      />
      <Finder
        label={say('tagFilter')}
        value={tag ?? ''}
        onFind={(text) => onChange({ ...filter, tag: text || undefined }, { replace: true })}
      />
      {children}
    </div>
  )
}
