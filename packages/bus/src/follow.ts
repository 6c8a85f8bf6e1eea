import { DeliverPolicy } from '@nats-io/jetstream'
import type { Bus } from './bus.ts'
import { explainLostBus } from './lost.ts'

/**
 * Reads a subject of a stream from its beginning and then live, in order and without gaps (an ordered consumer,
 * made anew where a connection was lost). Ends when `signal` aborts.
 */
export async function* followSubject(
  bus: Bus,
  stream: 'EVENTS' | 'OUTPUT',
  subject: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const consumer = await bus.jetstream.consumers
    .get(stream, { filter_subjects: subject, deliver_policy: DeliverPolicy.All })
    .catch(explainLostBus)
  const messages = await consumer.consume({ max_messages: 500 }).catch(explainLostBus)
  const stop = () => void messages.close()
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const message of messages) yield message.data
  } finally {
    signal.removeEventListener('abort', stop)
    await messages.close()
  }
}
