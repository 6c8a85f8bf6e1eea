import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { type Operation, operationQuery } from '../operation/queries.ts'
import { type Feed, openFeed, type Part } from './feed.ts'

/** The stream of an operation while a page shows it; what it tells of the operation itself goes to the query's data. */
export function useFeed(project: string, id: string): Feed | undefined {
  const queries = useQueryClient()
  const [feed, setFeed] = useState<Feed>()
  useEffect(() => {
    const { queryKey } = operationQuery(project, id)
    const opened = openFeed(project, id, (told) =>
      // The stream begins with what was: only what is newer than what is known moves the page.
      queries.setQueryData(queryKey, (known: Operation | undefined) =>
        known && known.version > told.version ? known : told,
      ),
    )
    setFeed(opened)
    return () => {
      setFeed(undefined)
      opened.close()
    }
  }, [project, id, queries])
  return feed
}

/** A part of what is told, drawn anew when it changes. */
export function usePart<T>({ listen, get }: Part<T>): T {
  return useSyncExternalStore(listen, get)
}
