import { randomUUID } from 'node:crypto'
import { type Bus, explainLostBus } from '@slipway/bus'
import { exhausted } from '@slipway/errors'
import { createSubscriberCredentials } from '@slipway/install'
import type { Asker } from '../pipeline/authenticate.ts'
import type { Subscription, SubscriptionStore } from './store.ts'

export const STREAM = 'EVENTS'
const HOUR_S = 3600
/** Subscriptions that one person may have in one project. */
const MOST = 20
const NANOS_PER_MS = 1_000_000
/** Pulls that wait at once, and events that are out unacknowledged: what one tool may cost the server. */
const PULLS = 16
const UNACKNOWLEDGED = 1_000

/** What a tool wants to hear: `nouns` empty for all, `since` for a replay. */
export type SubscriptionWish = {
  project: string
  nouns: readonly string[]
  since: Date | undefined
  expiresInSeconds: number
}

/** A subscription that was made, and before when events that it asked for may be missing. */
export type Subscribed = { subscription: Subscription; credentials: string; missingBefore: Date | undefined }

/**
 * Makes a pull consumer over a project's events, and credentials that may only fetch from it and acknowledge.
 * Neither outlives the asker's token.
 */
export async function subscribe(
  parts: { bus: Bus; store: SubscriptionStore; accountSeed: string },
  { asker, wish, now }: { asker: Asker; wish: SubscriptionWish; now: Date },
): Promise<Subscribed> {
  const { bus, store, accountSeed } = parts
  const { project, nouns, since } = wish
  if ((await store.count(project, asker.user.id)) >= MOST) {
    throw exhausted('subscriptions', `There are ${MOST} of yours in this project.`, 'Delete one first.')
  }
  const id = `sub_${randomUUID().replaceAll('-', '')}`
  const wanted = now.getTime() + (wish.expiresInSeconds || HOUR_S) * 1000
  const endsAt = new Date(Math.min(wanted, asker.token.expiresAt.getTime()))
  const subscription = {
    id,
    projectId: project,
    userId: asker.user.id,
    tokenId: asker.token.id,
    endsAt,
    createdAt: now,
  }
  let missingBefore: Date | undefined
  // The row first: a consumer that nobody knows of would never be deleted.
  await store.add(subscription)
  try {
    await bus.manager.consumers.add(STREAM, {
      durable_name: id,
      filter_subjects: subjectsOf(project, nouns),
      ack_policy: 'explicit',
      ack_wait: 30_000 * NANOS_PER_MS,
      max_waiting: PULLS,
      max_ack_pending: UNACKNOWLEDGED,
      inactive_threshold: (endsAt.getTime() - now.getTime()) * NANOS_PER_MS,
      ...(since
        ? { deliver_policy: 'by_start_time', opt_start_time: since.toISOString() }
        : { deliver_policy: 'new' }),
    })
    // Asked afterwards: an event that was dropped meanwhile is among those that may be missing.
    if (since) missingBefore = await gapAfter(bus, since)
  } catch (error) {
    // It may be made all the same, by an answer that was lost: the sweep looks.
    await store.end({ id }, now)
    explainLostBus(error)
  }
  const credentials = await createSubscriberCredentials(accountSeed, {
    name: id,
    stream: STREAM,
    consumer: id,
    expiresAt: endsAt,
  })
  return { subscription, credentials, missingBefore }
}

/** Up to when events since a time may be kept no more; undefined when all are there. */
async function gapAfter(bus: Bus, since: Date): Promise<Date | undefined> {
  const { state } = await bus.manager.streams.info(STREAM)
  if (state.first_seq <= 1) return undefined
  const keptFrom = new Date(state.messages > 0 ? state.first_ts : state.last_ts)
  return since < keptFrom ? keptFrom : undefined
}

/** The subjects of some nouns of a project, or of all. */
function subjectsOf(project: string, nouns: readonly string[]): string[] {
  if (nouns.length === 0) return [`slipway.evt.${project}.>`]
  return [...new Set(nouns)].map((noun) => `slipway.evt.${project}.${noun}.>`)
}
