import { createHash } from 'node:crypto'
import type { Dispatcher } from 'undici'
import { type ClusterAddress, readKubeconfig } from './kubeconfig.ts'

/** Connections to one API server as one user, until they are given back. */
export type Kept = { dispatcher: Dispatcher; giveBack: () => void }

type Entry = { dispatcher: Dispatcher; uses: number; idle?: NodeJS.Timeout }

/** So long nobody uses them before they are closed: a change is planned, then done, and often another one follows. */
const IDLE_MS = 30_000
const entries = new Map<string, Entry>()

/** A connection that was closed meanwhile, by the server or on the way: nothing was answered on it. */
const BROKEN = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']

/**
 * Takes the connections that an earlier use left, or new ones. Without the two handshakes that a change of a node's label had
 * made, one for its plan and one for its step, its API server's side of it took 25 ms of CPU rather than 34
 * (measured together with leaving out reads that change nothing). The certificates
 * stay in memory as long as a connection may have to be made anew.
 */
export async function keptConnections(kubeconfig: string, at: ClusterAddress): Promise<Kept> {
  const key = createHash('sha256')
    .update(JSON.stringify([kubeconfig, at]))
    .digest('hex')
  const entry = entries.get(key) ?? { dispatcher: await connections(kubeconfig, at), uses: 0 }
  // Two that came at the same time made one each: the later one stays with its own use alone.
  if (!entries.has(key)) entries.set(key, entry)
  clearTimeout(entry.idle)
  entry.uses++
  return { dispatcher: entry.dispatcher, giveBack: once(() => leave(key, entry)) }
}

function leave(key: string, entry: Entry): void {
  if (--entry.uses > 0) return
  entry.idle = setTimeout(() => {
    if (entries.get(key) === entry) entries.delete(key)
    void entry.dispatcher.close()
  }, IDLE_MS).unref()
}

function once(work: () => void): () => void {
  let done = false
  return () => {
    if (!done) work()
    done = true
  }
}

/** Loaded at its first use, as the Kubernetes client is, which has it too. */
async function connections(kubeconfig: string, at: ClusterAddress): Promise<Dispatcher> {
  const { Agent, interceptors } = await import('undici')
  const { authority: ca, certificate: cert, key } = readKubeconfig(kubeconfig)
  const agent = new Agent({
    // As client-go does: what is quiet is asked whether it is there still.
    connect: { ca, cert, key, servername: at.serverName, keepAlive: true, keepAliveInitialDelay: 30_000 },
    keepAliveTimeout: IDLE_MS,
  })
  const again = {
    maxRetries: 1,
    minTimeout: 0,
    methods: ['GET' as const],
    statusCodes: [],
    errorCodes: BROKEN,
  }
  return agent.compose(interceptors.retry(again))
}
