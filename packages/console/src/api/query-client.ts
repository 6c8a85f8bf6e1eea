import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from '../problem/problem.ts'

/** How often what is looked at is asked for again, where no stream tells of changes. Hidden tabs ask for nothing. */
export const LIVE_MS = 3_000
const TRIES = 2

/** What was asked and answered. `signedOut` is called when an answer says that nobody is signed in any more. */
export function createQueryClient(signedOut: () => void): QueryClient {
  const onError = (thrown: unknown) => {
    if (Problem.of(thrown).code === 'Unauthenticated') signedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        retry: (failed, thrown) => failed < TRIES && Problem.of(thrown).passes,
        staleTime: 1_000,
      },
    },
  })
}
