import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { projectsQuery } from '../../project/queries.ts'
import { Finder } from '../../ui/finder.tsx'
import { usersQuery } from '../../user/queries.ts'
import { useWords } from '../../words/words.ts'
import type { AuditSearch } from './search.ts'
import { words } from './words.ts'

type Filter = Omit<AuditSearch, 'before' | 'entry'>
const HOURS = { hour: 1, day: 24, week: 168 } as const
type Span = keyof typeof HOURS

/** Who, where, what came of it, on what, since when. */
export function AuditFilters({
  of: filter,
  onChange,
}: {
  of: Filter
  onChange: (filter: Filter, replace?: boolean) => void
}) {
  const say = useWords(words)
  const { data: users } = useQuery(usersQuery)
  const { data: projects } = useInfiniteQuery(projectsQuery)
  const named = (all: readonly { id: string; name: string }[] | undefined, any: string) => [
    { value: '', label: any },
    ...(all ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ]
  const results = (['succeeded', 'refused', 'failed'] as const).map((value) => ({ value, label: say(value) }))
  const spans = (Object.keys(HOURS) as Span[]).map((value) => ({ value: value as string, label: say(value) }))
  const choose = (key: keyof Filter) => (value: string) => onChange({ ...filter, [key]: value || undefined })
  return (
    <div className="filters">
      <Select
        className="filter"
        aria-label={say('who')}
        showSearch={{ optionFilterProp: 'label' }}
        value={filter.user ?? ''}
        options={named(users?.users, say('anybody'))}
        onChange={choose('user')}
      />
      <Select
        className="filter"
        aria-label={say('project')}
        showSearch={{ optionFilterProp: 'label' }}
        value={filter.project ?? ''}
        options={named(
          projects?.pages.flatMap((page) => page.projects),
          say('anyProject'),
        )}
        onChange={choose('project')}
      />
      <Select
        className="filter"
        aria-label={say('result')}
        value={filter.result ?? ''}
        options={[{ value: '', label: say('anyResult') }, ...results]}
        onChange={choose('result')}
      />
      <Select
        className="filter"
        aria-label={say('since')}
        value={filter.since ?? ''}
        options={[
          { value: '', label: say('ever') },
          ...spans,
          ...(filter.since
            ? [{ value: filter.since, label: filter.since.slice(0, 16).replace('T', ' ') }]
            : []),
        ]}
        // A moment, not a span: the address shows a colleague the same entries tomorrow.
        onChange={(value) => {
          const hours = HOURS[value as Span]
          const since = hours ? new Date(Date.now() - hours * 3_600_000).toISOString() : value
          onChange({ ...filter, since: since || undefined })
        }}
      />
      <Finder
        label={say('findObject')}
        value={filter.object ?? ''}
        onFind={(text) => onChange({ ...filter, object: text || undefined }, true)}
      />
    </div>
  )
}
