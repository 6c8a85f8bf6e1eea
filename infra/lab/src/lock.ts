import { connect, createServer, type Server } from 'node:net'

/**
 * Runs `work` while nobody else on this machine runs under the same key. The lock is an abstract unix socket:
 * the kernel frees it with the process, so a crash leaves nothing behind, and waiting is a connection that closes.
 */
export async function withLock<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  let release = await tryLock(key)
  while (!release) {
    signal?.throwIfAborted()
    await untilFreed(pathOf(key), signal)
    release = await tryLock(key)
  }
  try {
    return await work()
  } finally {
    await release()
  }
}

/** Takes the lock and answers how to let go of it; undefined when somebody else has it. */
export async function tryLock(key: string): Promise<(() => Promise<void>) | undefined> {
  const held = await tryListen(pathOf(key))
  if (!held) return undefined
  const waiting = new Set<{ destroy: () => void }>()
  held.on('connection', (socket) => {
    waiting.add(socket)
    socket.on('error', () => {}).on('close', () => waiting.delete(socket))
  })
  return async () => {
    for (const socket of waiting) socket.destroy()
    await new Promise((resolve) => held.close(resolve))
  }
}

const pathOf = (key: string) => `\0slipway-lab/${key}`

function tryListen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen(path, () => resolve(server))
  })
}

/** Resolves when the holder lets go (or dies), or when the wait is called off. */
function untilFreed(path: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const end = () => {
      signal?.removeEventListener('abort', end)
      socket.destroy()
      resolve()
    }
    signal?.addEventListener('abort', end, { once: true })
    socket.once('error', end).once('close', end)
  })
}
