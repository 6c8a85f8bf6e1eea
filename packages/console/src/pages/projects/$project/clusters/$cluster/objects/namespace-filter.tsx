import { useInfiniteQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { objectsQuery, type Place } from '../../../../../../object/queries.ts'
import { useWatchedObjects } from '../../../../../../object/watch.ts'
import { useWords } from '../../../../../../words/words.ts'
import { words } from './words.ts'

const namespaces = { apiVersion: 'v1', resource: 'namespaces', namespace: '' }

/** Chooses a namespace, or all. */
export function NamespaceFilter({
  place,
  value,
  onChoose,
}: {
  place: Place
  value: string
  onChoose: (namespace: string) => void
}) {
  const say = useWords(words)
  const { data, isLoading } = useInfiniteQuery(objectsQuery(place, namespaces))
  useWatchedObjects(place, namespaces, data?.pages[0]?.resourceVersion)
  const names = data?.pages.flatMap(({ rows }) => rows.map(({ name }) => name)) ?? []
  return (
    <Select
      aria-label={say('namespace')}
      className="namespace-filter"
      value={value}
      loading={isLoading}
      showSearch
      popupMatchSelectWidth={false}
      options={[
        { value: '', label: say('allNamespaces') },
        ...names.map((name) => ({ value: name, label: name })),
      ]}
      onChange={onChoose}
    />
  )
}
