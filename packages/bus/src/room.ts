import { AckPolicy } from '@nats-io/jetstream'
import type { Bus } from './bus.ts'
import { explainLostBus } from './lost.ts'
import { workSubject } from './stream.ts'

const ANSWER_MS = 2_000
/** The shortest that JetStream takes. */
const FETCH_MS = 1_000

/**
 * Throws Unavailable when NATS does not answer or JetStream can't store: writes a piece of work for `service` and takes it
 * away again, as JetStream has no question for that.
 */
export async function checkBusRoom(bus: Bus, service: string): Promise<void> {
  const subject = workSubject(service, 'room')
  const name = `${service}-room`
  try {
    await bus.jetstream.publish(subject, '', { timeout: ANSWER_MS })
    const wish = { durable_name: name, filter_subject: subject, ack_policy: AckPolicy.Explicit }
    await bus.manager.consumers.add('WORK', wish)
    const consumer = await bus.jetstream.consumers.get('WORK', name)
    const written = await consumer.next({ expires: FETCH_MS })
    await written?.ackAck()
  } catch (error) {
    explainLostBus(error)
  }
}
