import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useCallback, useMemo } from 'react'
import { ProblemCard } from '../problem/problem-card.tsx'
import { Waiting } from '../ui/waiting.tsx'
import { useWords } from '../words/words.ts'
import { type Line, lineOf } from './line.ts'
import { foundQuery, type Wanted } from './queries.ts'
import { Scroller } from './scroller.tsx'
import { words } from './words.ts'

/** So many are shown: whoever sees that many narrows the search. */
const MOST = 20_000

/** Lines of a host, or with a text in them, as the server finds them among all that is stored. */
export function FoundLines({
  project,
  operation,
  wanted,
  label,
  titleOf,
  mayGrow,
  onOpen,
}: {
  project: string
  operation: string
  wanted: Wanted
  label: string
  /** What the step of a run is called. */
  titleOf: (run: string) => string
  /** Whether more lines may come: then it can be searched again. */
  mayGrow: boolean
  /** Shows a line where it stands. */
  onOpen: (run: string, sequence: number) => void
}) {
  const say = useWords(words)
  const query = foundQuery(project, operation, wanted)
  const { data, error, refetch, isFetching, hasNextPage, fetchNextPage } = useInfiniteQuery(query)
  const found = useMemo(() => {
    const told = data?.pages.flatMap((page) => page.lines) ?? []
    return told.map((line): { run: string; line: Line } => ({ run: line.run, line: lineOf(line) }))
  }, [data])
  const isFull = found.length >= MOST
  const more = useCallback(
    (first: number, count: number) => {
      if (hasNextPage && !isFetching && !isFull && first + count > found.length - 100) void fetchNextPage()
    },
    [hasNextPage, isFetching, isFull, found.length, fetchNextPage],
  )
  if (error) return <ProblemCard of={error} onAgain={() => void refetch()} />
  if (!data) return <Waiting what={say('searching')} />
  const severalRuns = wanted.run === undefined
  return (
    <>
      <p className="quiet log-status">
        {found.length === 0 && say('noneFound')}
        {found.length > 0 && say(hasNextPage ? 'foundMore' : 'found', { count: found.length })}
        {isFull && ` ${say('foundTooMany')}`}
        {mayGrow && !hasNextPage && (
          <Button size="small" type="link" loading={isFetching} onClick={() => void refetch()}>
            {say('searchAgain')}
          </Button>
        )}
      </p>
      {found.length > 0 && (
        <Scroller
          label={label}
          lines={{
            count: found.length,
            at: (index) => found[index]?.line,
            ...(severalRuns ? { origin: (index: number) => titleOf(found[index]?.run ?? '') } : {}),
          }}
          onRange={more}
          chosen={undefined}
          onChoose={(index) => {
            const one = found[index]
            if (one) onOpen(one.run, one.line.sequence)
          }}
          search={wanted.search}
        />
      )}
    </>
  )
}
