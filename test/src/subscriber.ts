import { jetstream } from '@nats-io/jetstream'
import { connect, credsAuthenticator } from '@nats-io/transport-node'
import type { CreateSubscriptionResponse } from '@slipway/contracts/event/v1/event_service'
import { until } from './person.ts'

/** An event as it came off the wire. */
export type Received = {
  subject: string
  event: Record<string, unknown> & {
    id: string
    type: string
    subject: string
    sequence: string
    data: unknown
  }
}

/** A tool of somebody else's that hears a project's events with nothing but what CreateSubscription answered. */
export type Subscriber = {
  received: Received[]
  /** Waits for an event that is as wanted. */
  hears: (wanted: (received: Received) => boolean) => Promise<void>
  close: () => Promise<void>
}

/** Connects it; it acknowledges every event as soon as it has it. */
export async function openSubscriber(made: CreateSubscriptionResponse, ca: string): Promise<Subscriber> {
  const { stream = '', consumer = '', url = '', inboxPrefix = '' } = made.subscription ?? {}
  const connection = await connect({
    servers: url,
    authenticator: credsAuthenticator(Buffer.from(made.credentials)),
    inboxPrefix,
    tls: { ca },
    // NATS may be away for as long as it likes.
    maxReconnectAttempts: -1,
  })
  const messages = await (await jetstream(connection).consumers.get(stream, consumer)).consume()
  const received: Received[] = []
  const loop = (async () => {
    for await (const message of messages) {
      received.push({ subject: message.subject, event: message.json() })
      message.ack()
    }
  })()
  return {
    received,
    hears: async (wanted) => {
      await until(
        async () => received.length,
        () => received.some(wanted),
      )
    },
    close: async () => {
      await messages.close()
      await loop
      await connection.close()
    },
  }
}
