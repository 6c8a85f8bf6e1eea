import type { Method } from '@slipway/contracts'
import type { OutputLine } from '@slipway/contracts/operation/v1/operation'
import type { WatchOperationResponse } from '@slipway/contracts/operation/v1/operation_service'
import { toSlipwayError } from '@slipway/errors'
import { responseToJson } from '../pipeline/wire.ts'
import { problemOf } from './problem.ts'

const HEARTBEAT_MS = 10_000

/**
 * A stream as Server-Sent Events: `id` is the cursor, `event` which of its events it is (operation, line), `data` that one's JSON.
 * A comment every ten seconds keeps proxies awake. What ends the stream early is told as an event `problem`.
 */
export async function* serverSentEvents(
  method: Method,
  batches: AsyncIterable<readonly unknown[]>,
  traceId: string,
): AsyncGenerator<string> {
  const written = method.response === OPERATION ? operationWritten(method) : generallyWritten(method)
  const source = batches[Symbol.asyncIterator]()
  let next = source.next()
  // Sent at once, so that the reader knows that the stream stands.
  yield ': watching\n\n'
  try {
    for (;;) {
      const moved = await orHeartbeat(next)
      if (moved === 'heartbeat') {
        yield ': \n\n'
        continue
      }
      if (moved.done) return
      yield moved.value.map(written).join('')
      next = source.next()
    }
  } catch (thrown) {
    const problem = problemOf(toSlipwayError(thrown), { traceId })
    yield `event: problem\ndata: ${JSON.stringify(problem)}\n\n`
  } finally {
    next.catch(() => {})
    await source.return?.()
  }
}

async function orHeartbeat<T>(next: Promise<T>): Promise<T | 'heartbeat'> {
  let timer: NodeJS.Timeout | undefined
  const heartbeat = new Promise<'heartbeat'>((resolve) => {
    timer = setTimeout(resolve, HEARTBEAT_MS, 'heartbeat')
  })
  try {
    return await Promise.race([next, heartbeat])
  } finally {
    clearTimeout(timer)
  }
}

const OPERATION = 'slipway.operation.v1.WatchOperationResponse'

type Written = (message: unknown) => string

/** A message that holds a cursor and one of several events; with a cursor alone it only says how far the stream is. */
function generallyWritten(method: Method): Written {
  return (message) => {
    const { cursor, ...event } = responseToJson(method, message)
    const [name = 'cursor', data = null] = Object.entries(event)[0] ?? []
    return `id: ${cursor}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`
  }
}

/** Lines field by field: the general way through descriptors would cost a core at 20,000 lines a second. */
function operationWritten(method: Method): Written {
  const generally = generallyWritten(method)
  return (message) => {
    const { cursor, event } = message as WatchOperationResponse
    if (event?.$case !== 'line') return generally(message)
    return `id: ${cursor}\nevent: line\ndata: ${JSON.stringify(lineJson(event.value))}\n\n`
  }
}

function lineJson({ sequence, at, host, task, kind, text, run }: OutputLine) {
  return { sequence, ...(at ? { at: at.toISOString() } : {}), host, task, kind, text, run }
}
