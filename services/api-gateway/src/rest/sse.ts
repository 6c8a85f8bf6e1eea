import type { OutputLine } from '@slipway/contracts/operation/v1/operation'
import { Operation } from '@slipway/contracts/operation/v1/operation'
import type { WatchOperationResponse } from '@slipway/contracts/operation/v1/operation_service'
import { toSlipwayError } from '@slipway/errors'
import { messageToJson } from '../pipeline/wire.ts'
import { problemOf } from './problem.ts'

const HEARTBEAT_MS = 10_000

/**
 * A stream as Server-Sent Events: `id` is the cursor, `event` operation or line, `data` its JSON. A comment every ten
 * seconds keeps proxies awake. What ends the stream early is told as an event `problem`.
 */
export async function* serverSentEvents(
  batches: AsyncIterable<readonly WatchOperationResponse[]>,
  traceId: string,
): AsyncGenerator<string> {
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

function written({ cursor, event }: WatchOperationResponse): string {
  if (!event) return ''
  const data =
    event.$case === 'line'
      ? lineJson(event.value)
      : messageToJson('slipway.operation.v1.Operation', Operation.encode(event.value).finish())
  return `id: ${cursor}\nevent: ${event.$case}\ndata: ${JSON.stringify(data)}\n\n`
}

/** A line field by field: the general way through descriptors would cost a core at 20,000 lines a second. */
function lineJson({ sequence, at, host, task, kind, text, run }: OutputLine) {
  return { sequence, ...(at ? { at: at.toISOString() } : {}), host, task, kind, text, run }
}
