import { useEffect, useState } from 'react'
import { followStream } from '../output/follow.ts'
import type { Line } from '../output/line.ts'
import { Problem } from '../problem/problem.ts'
import type { Place } from './queries.ts'

/** A container of a pod, in this life or the one before. */
export type Printed = { namespace: string; pod: string; container: string; previous: boolean }

/** What is kept of an output; kubectl logs has the rest. */
const KEPT = 20_000
const DRAW_MS = 100

/** The last lines of a container's output, and on as it prints; `dropped` is how many came before those that are kept. */
export function useLog(
  { project, cluster }: Place,
  { namespace, pod, container, previous }: Printed,
): { lines: readonly Line[]; dropped: number; refusal: Problem | undefined } {
  const [told, setTold] = useState<{ lines: readonly Line[]; dropped: number }>({ lines: [], dropped: 0 })
  const [refusal, setRefusal] = useState<Problem>()
  useEffect(() => {
    setTold({ lines: [], dropped: 0 })
    setRefusal(undefined)
    const ends = new AbortController()
    let fresh: Line[] = []
    let heard = 0
    const draw = () => {
      const added = fresh
      fresh = []
      if (added.length === 0) return
      setTold(({ lines, dropped }) => {
        const all = [...lines, ...added]
        const over = Math.max(0, all.length - KEPT)
        return { lines: over > 0 ? all.slice(over) : all, dropped: dropped + over }
      })
    }
    const timer = setInterval(draw, DRAW_MS)
    const query = new URLSearchParams({ namespace, container, previous: String(previous) })
    const base = `/api/v1/projects/${encodeURIComponent(project)}/clusters/${encodeURIComponent(cluster)}`
    void followStream(`${base}/pods/${encodeURIComponent(pod)}/log?${query}`, {
      after: '',
      onEvents: (events) => {
        for (const { name, id, data } of events) {
          if (name !== 'line') continue
          fresh.push({
            sequence: ++heard,
            at: Date.parse(id),
            host: '',
            task: '',
            kind: 'line',
            text: JSON.parse(data),
          })
        }
      },
      // A container that ended says no more; one that is started anew is another life.
      hasEnded: () => true,
      signal: ends.signal,
    }).then((refused) => {
      if (refused) setRefusal(Problem.told(refused))
    })
    return () => {
      clearInterval(timer)
      ends.abort()
      draw()
    }
  }, [project, cluster, namespace, pod, container, previous])
  return { ...told, refusal }
}
