import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { clustersQuery } from '../../../../cluster/queries.ts'
import { hostStates, stateWords } from '../../../../host/words.ts'
import { AnyOrOne } from '../../../../ui/any-or-one.tsx'
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
      <AnyOrOne
        label={say('state')}
        any={say('anyState')}
        choices={hostStates.map((one) => ({ value: one, label: sayState(one) }))}
        value={state}
        onChoose={(chosen) => onChange({ ...filter, state: chosen }, { replace: false })}
      />
      <AnyOrOne
        label={say('cluster')}
        any={say('anyCluster')}
        choices={(data?.clusters ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={cluster}
        onChoose={(chosen) => onChange({ ...filter, cluster: chosen }, { replace: false })}
        findable
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
