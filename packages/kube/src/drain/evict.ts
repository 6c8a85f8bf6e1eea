import { asking, type Connection, statusDetails, statusOf } from '../client.ts'
import { type PodOnNode, podName } from './pod.ts'

/** What the API server said to a wish to evict a pod. `later` is tried again, after so many seconds at least. */
export type Eviction =
  | { answer: 'taken' }
  | { answer: 'later'; because: 'budget' | 'namespace'; said: string; seconds: number }

/** Asks for the eviction of this very pod, not of another of its name; one that is gone counts as taken. */
export function evictPod(
  { of, library }: Connection,
  pod: PodOnNode,
  gracePeriodSeconds: number | undefined,
): Promise<Eviction> {
  const { namespace, name, uid } = pod
  const deleteOptions = { gracePeriodSeconds, preconditions: { uid } }
  const body = { metadata: { namespace, name }, deleteOptions }
  return asking(`evicting pod ${podName(pod)}`, async () => {
    try {
      await of(library.CoreV1Api).createNamespacedPodEviction({ namespace, name, body })
      return { answer: 'taken' }
    } catch (error) {
      return refusal(error)
    }
  })
}

/** How long a pod waits after so many refusals, when the API server does not ask for more. */
export function waitSeconds(refusals: number, asked: number): number {
  return Math.max(Math.min(2 ** (refusals - 1), LONGEST_SECONDS), Math.min(asked, LONGEST_ASKED_SECONDS))
}

const LONGEST_SECONDS = 10
const LONGEST_ASKED_SECONDS = 60
/** A namespace that is being deleted lets nothing be made in it, not even an eviction; its pods go by themselves. */
const NAMESPACE_ENDS = 'NamespaceTerminating'

function refusal(error: unknown): Eviction {
  const status = statusOf(error)
  const { said, causes, retryAfter } = statusDetails(error)
  // 409: another pod has taken its name, so it is gone.
  if (status === 404 || status === 409) return { answer: 'taken' }
  if (status === 429) return { answer: 'later', because: 'budget', said, seconds: retryAfter }
  if (status === 403 && causes.includes(NAMESPACE_ENDS)) {
    return { answer: 'later', because: 'namespace', said, seconds: retryAfter }
  }
  throw error
}
