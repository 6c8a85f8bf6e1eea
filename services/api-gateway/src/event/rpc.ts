import type { EventServiceServer } from '@slipway/contracts/event/v1/event_service'
import { denied, notFound } from '@slipway/errors'
import { type Own, theAsker } from '../pipeline/handle.ts'
import type { Subscription, SubscriptionStore, Whose } from './store.ts'
import { STREAM, type Subscribed, type SubscriptionWish, type subscribe } from './subscribe.ts'

type Subscribe = (asked: Parameters<typeof subscribe>[1]) => Promise<Subscribed>

/** EventService: proto method → verb. `end` ends subscriptions and deletes their consumers. */
export function eventHandlers(parts: {
  store: SubscriptionStore
  subscribe: Subscribe
  end: (whose: Whose, now: Date) => Promise<void>
  url: string
}): Own<EventServiceServer> {
  const { store, end, url } = parts
  return {
    createSubscription: async ({ project, nouns, since, expiresInSeconds }, call) => {
      const wish: SubscriptionWish = { project, nouns, since, expiresInSeconds }
      const asked = { asker: theAsker(call), wish, now: call.now }
      const { subscription, credentials, missingBefore } = await parts.subscribe(asked)
      return { subscription: { ...message(subscription, url, call.now), missingBefore }, credentials }
    },
    deleteSubscription: async ({ project, id }, call) => {
      const found = await store.find(project, id)
      if (!found) throw notFound('subscription', id)
      if (call.role === 'viewer' && found.userId !== theAsker(call).user.id) {
        throw denied('The subscription is somebody else’s.', 'Ask its owner or an operator of the project.')
      }
      call.was(message(found, url, call.now))
      await end({ id }, call.now)
      return {}
    },
  }
}

function message({ id, projectId, endsAt }: Subscription, url: string, now: Date) {
  return {
    id,
    project: projectId,
    stream: STREAM,
    consumer: id,
    url,
    expiresInSeconds: Math.max(0, Math.floor((endsAt.getTime() - now.getTime()) / 1000)),
    inboxPrefix: `_INBOX.${id}`,
    missingBefore: undefined,
  }
}
