import { jetstream } from '@nats-io/jetstream'
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node'
import type { Gateway } from './gateway.ts'

/** What CreateSubscription answered. */
export type Made = { subscription: Record<string, string>; credentials: string }

/** An event as a tool has it. */
export type ToolEvent = {
  id: string
  type: string
  sequence: string
  project: string
  subject: string
  time: string
}

/** Connects as a tool does that was handed a subscription; the caller closes. */
export function connectAs(
  { ca }: Pick<Gateway, 'ca'>,
  { subscription, credentials }: Made,
): Promise<NatsConnection> {
  return connect({
    servers: subscription.url ?? '',
    authenticator: credsAuthenticator(Buffer.from(credentials)),
    inboxPrefix: subscription.inboxPrefix ?? '',
    tls: { ca },
    reconnect: false,
  })
}

/** Fetches and acknowledges so many events. */
export async function fetchAll(
  connection: NatsConnection,
  { subscription }: Made,
  count: number,
): Promise<ToolEvent[]> {
  const { stream = '', consumer: name = '' } = subscription
  const consumer = await jetstream(connection).consumers.get(stream, name)
  const seen: ToolEvent[] = []
  while (seen.length < count) {
    const before = seen.length
    for await (const message of await consumer.fetch({ max_messages: count - seen.length, expires: 5_000 })) {
      seen.push(message.json<ToolEvent>())
      await message.ackAck()
    }
    if (seen.length === before) return seen
  }
  return seen
}
