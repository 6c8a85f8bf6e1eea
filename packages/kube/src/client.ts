import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Configuration, KubernetesObjectApi, V1Status } from '@kubernetes/client-node'
import { SlipwayError, unavailable } from '@slipway/errors'
import { keptConnections } from './kept.ts'
import { type ClusterAddress, serverOf } from './kubeconfig.ts'

/** What Slipway's changes are marked with. */
export const MANAGER = 'slipway'

/** No single request takes longer. */
const REQUEST_MS = 15_000

/** The library with the connections of this cluster and user. */
export type Connection = {
  library: typeof import('@kubernetes/client-node')
  objects: KubernetesObjectApi
  of: <T>(api: new (configuration: Configuration) => T) => T
  close: () => Promise<void>
}

/** Loads the library ahead of its first use, while something slower is being waited for. */
export function loadLibrary(): Promise<typeof import('@kubernetes/client-node')> {
  return import('@kubernetes/client-node')
}

/**
 * Connects with the certificates of a kubeconfig. The library costs 90 MB and half a second, so it is loaded here, at
 * the first use. It would open a TLS connection per request (2.0.1 makes a dispatcher each time): it is given ours.
 */
export async function connectCluster(
  kubeconfig: string,
  at: ClusterAddress,
  signal?: AbortSignal,
): Promise<Connection> {
  const library = await loadLibrary()
  const kept = await keptConnections(kubeconfig, at)
  const configuration = library.createConfiguration({
    baseServer: new library.ServerConfiguration(serverOf(at), {}),
    authMethods: {
      default: {
        getName: () => 'kubeconfig',
        applySecurityAuthentication: async (context) => {
          // undici gives a connection back a moment after its answer was read: asked at once it would open another one.
          await nextTurn()
          context.setDispatcher(kept.dispatcher)
          const deadline = AbortSignal.timeout(REQUEST_MS)
          context.setSignal(signal ? AbortSignal.any([signal, deadline]) : deadline)
        },
      },
    },
  })
  return {
    library,
    objects: new library.KubernetesObjectApi(configuration),
    of: (api) => new api(configuration),
    close: async () => kept.giveBack(),
  }
}

/** Runs calls to the API server; what they throw becomes ours, in the server's words. */
export async function asking<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw meaningOf(what, error)
  }
}

/** The status code of an answer that was an error; a deadline has a code too (23, TimeoutError), but is no answer. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') return undefined
  return error.code >= 400 ? error.code : undefined
}

function meaningOf(what: string, error: unknown): unknown {
  if (error instanceof SlipwayError) return error
  const status = statusOf(error)
  if (status === undefined) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const message = cause instanceof Error ? cause.message : String(cause)
    return unavailable(
      'API server',
      `${what} failed: ${message}`,
      'Check that the control plane runs and can be reached.',
      error,
    )
  }
  const { said } = statusDetails(error)
  const problem = { field: 'API server', message: `${what} was answered ${status}: ${said}`, hint: HINT }
  const code = status >= 500 || status === 429 ? 'Unavailable' : (meanings[status] ?? 'Precondition')
  return new SlipwayError(code, problem.message, [problem], { cause: error })
}

const HINT = "Read the API server's words."
const meanings: Record<number, 'NotFound' | 'Conflict' | 'Denied'> = {
  403: 'Denied',
  404: 'NotFound',
  409: 'Conflict',
}

/** What an answer that was an error told beside its code: the Status object, and how many seconds to wait. */
export function statusDetails(error: unknown): { said: string; causes: string[]; retryAfter: number } {
  const body = error instanceof Error && 'body' in error ? error.body : undefined
  const status = statusObject(body)
  const { causes = [], retryAfterSeconds = 0 } = status?.details ?? {}
  return {
    said: status?.message ?? String(body ?? '').slice(0, 300),
    causes: causes.map(({ reason = '' }) => reason),
    retryAfter: retryAfterSeconds || Number(headersOf(error)['retry-after']) || 0,
  }
}

/** The exception's own text holds every header, so its body is read. Not every proxy answers in JSON. */
function statusObject(body: unknown): V1Status | undefined {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body
    return status && typeof status === 'object' && 'message' in status ? (status as V1Status) : undefined
  } catch {
    return undefined
  }
}

function headersOf(error: unknown): Record<string, string> {
  if (!(error instanceof Error) || !('headers' in error)) return {}
  return (error.headers ?? {}) as Record<string, string>
}
