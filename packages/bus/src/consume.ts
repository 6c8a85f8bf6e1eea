import { AckPolicy, JetStreamApiError, type JsMsg } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import type { Log } from '@slipway/telemetry'
import type { Bus } from './bus.ts'
import { explainLostBus } from './lost.ts'

const ACK_WAIT_MS = 20_000

/**
 * Hands messages of a stream to `handle`, `atOnce` at a time, over a durable consumer that all replicas share.
 * While a handler works its message is kept alive; one whose worker died comes again after 20 s.
 * A handler that throws gets the message again after `againMs`. Answers the function that stops and waits for handlers.
 */
export async function consume(options: {
  bus: Bus
  stream: 'EVENTS' | 'WORK'
  durable: string
  filter: string
  atOnce: number
  againMs?: number
  log: Log
  handle: (body: Uint8Array, subject: string) => Promise<void>
}): Promise<() => Promise<void>> {
  const { bus, stream, durable, filter, atOnce, againMs = 2_000, log, handle } = options
  await bus.manager.consumers.add(stream, {
    durable_name: durable,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: 1_000,
  })
  const consumer = await bus.jetstream.consumers.get(stream, durable)
  const messages = await consumer.consume({ max_messages: atOnce })
  const busy = new Set<Promise<void>>()
  const loop = (async () => {
    for await (const message of messages) {
      const work = one(message).finally(() => busy.delete(work))
      busy.add(work)
      if (busy.size >= atOnce) await Promise.race(busy)
    }
  })()

  async function one(message: JsMsg): Promise<void> {
    const alive = setInterval(() => message.working(), ACK_WAIT_MS / 3)
    try {
      await handle(message.data, message.subject)
      message.ack()
    } catch (error) {
      log.warn({ err: error, subject: message.subject }, 'a message is put back')
      message.nak(againMs)
    } finally {
      clearInterval(alive)
    }
  }

  return async () => {
    await messages.close()
    await loop.catch(() => {})
    await Promise.allSettled(busy)
  }
}

/** Whether everything that was published for a durable consumer until now was handled; not while there is none. */
export async function hasHeardAll(bus: Bus, stream: 'EVENTS' | 'WORK', durable: string): Promise<boolean> {
  const info = await bus.manager.consumers.info(stream, durable).catch((error) => {
    if (error instanceof JetStreamApiError && error.status === 404) return undefined
    return explainLostBus(error)
  })
  return info !== undefined && info.num_pending + info.num_ack_pending === 0
}
