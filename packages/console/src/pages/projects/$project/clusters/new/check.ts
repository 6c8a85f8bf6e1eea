import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, told } from '../../../../../api/client.ts'
import type { How } from '../../../../../cluster/plan/planned-change.tsx'
import type { ClusterChange, ClusterSpec } from '../../../../../cluster/queries.ts'
import { type Fault, Problem } from '../../../../../problem/problem.ts'
import type { Draft } from './draft.ts'

const PAUSE_MS = 400

/** Asks for a cluster's plan, or that it begins. */
export function askCreate(
  project: string,
  { name, spec, fix }: Pick<Draft, 'name' | 'spec' | 'fix'>,
  { dryRun, ...how }: Omit<How, 'queue'>,
  idempotencyKey: string,
): Promise<ClusterChange> {
  return told(
    api.POST('/api/v1/projects/{project}/clusters', {
      params: { path: { project }, query: { dryRun }, header: { 'Idempotency-Key': idempotencyKey } },
      // What stands in it is judged by the API, which is asked for just that.
      body: { name, spec: spec as unknown as ClusterSpec, fix, ...how },
    }),
  )
}

/** What the API has to say against a draft, asked for when the typing pauses. */
export type Checked = {
  faults: readonly Fault[]
  /** Why it could not be judged: no network, no right. */
  problem: Problem | undefined
  /** Neither of what is on the screen is known yet. */
  isChecking: boolean
}

/** Lets the API judge a draft while it is typed, by a plan that nobody begins. What it said last stays until it says more. */
export function useCheck(project: string, { name, spec }: Draft): Checked {
  const body = JSON.stringify({ name, spec })
  const [asked, setAsked] = useState(body)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(body), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [body])
  const { data, isFetching } = useQuery({
    queryKey: ['project', project, 'new-cluster', asked],
    queryFn: async (): Promise<Pick<Checked, 'faults' | 'problem'>> => {
      try {
        await askCreate(
          project,
          { ...JSON.parse(asked), fix: false },
          { dryRun: 'plan' },
          crypto.randomUUID(),
        )
        return { faults: [], problem: undefined }
      } catch (thrown) {
        const problem = Problem.of(thrown)
        if (problem.faults.length === 0) return { faults: [], problem }
        return { faults: problem.faults, problem: undefined }
      }
    },
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
    // Hosts come and go while a draft is open.
    refetchInterval: 15_000,
  })
  return {
    faults: data?.faults ?? [],
    problem: data?.problem,
    isChecking: !data || isFetching || asked !== body,
  }
}
