import { useCallback, useMemo } from 'react'
import type { Feed } from './feed.ts'
import { Scroller } from './scroller.tsx'
import { usePart } from './use-feed.ts'

/** The lines of one run, from its first to the one that comes now. */
export function LiveLog({
  feed,
  run,
  label,
  isFollowing,
  onFollow,
  chosen,
  onChoose,
}: {
  feed: Feed
  run: string
  label: string
  isFollowing: boolean
  onFollow: (follow: boolean) => void
  /** The number of a line. */
  chosen: number | undefined
  onChoose: (sequence: number) => void
}) {
  const told = usePart(feed.lines)
  const runs = usePart(feed.runs)
  const drawn = told?.run === run ? told : undefined
  const count = Math.max(drawn?.last ?? 0, isFollowing ? 0 : (runs.get(run)?.last ?? 0))
  const lines = useMemo(
    () => ({ count, at: (index: number) => drawn?.lines[index + 1 - drawn.first] }),
    [count, drawn],
  )
  const show = useCallback(
    (first: number, wanted: number) =>
      feed.show({ run, first: isFollowing ? 'last' : first + 1, count: wanted }),
    [feed, run, isFollowing],
  )
  return (
    <Scroller
      key={run}
      label={label}
      lines={lines}
      isFollowing={isFollowing}
      onFollow={onFollow}
      onRange={show}
      chosen={chosen === undefined ? undefined : chosen - 1}
      onChoose={(index) => onChoose(index + 1)}
    />
  )
}
