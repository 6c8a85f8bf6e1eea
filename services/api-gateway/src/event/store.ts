import type { PrismaClient } from '../gen/prisma/client.ts'

/** A pull consumer that was made for an external tool. Its id is the consumer's name too. */
export type Subscription = {
  id: string
  projectId: string
  userId: string
  tokenId: string
  endsAt: Date
  createdAt: Date
}

/** Whose subscriptions are meant: everything that is named has to fit. */
export type Whose = { id?: string; projectId?: string; userId?: string; tokenId?: string }

/** Every query about subscriptions. */
export type SubscriptionStore = ReturnType<typeof openSubscriptionStore>

/** Opens it over the service's database. */
export function openSubscriptionStore(db: PrismaClient) {
  return {
    add: async (subscription: Subscription): Promise<void> => {
      await db.subscription.create({ data: subscription })
    },
    find: (project: string, id: string): Promise<Subscription | null> =>
      db.subscription.findFirst({ where: { id, projectId: project } }),
    /** How many somebody has in a project. */
    count: (project: string, user: string): Promise<number> =>
      db.subscription.count({ where: { projectId: project, userId: user } }),
    /** Marks them as ended; they are forgotten when their consumers are gone. */
    end: async (whose: Whose, now: Date): Promise<void> => {
      await db.subscription.updateMany({ where: { ...whose, endsAt: { gt: now } }, data: { endsAt: now } })
    },
    ended: async (now: Date): Promise<string[]> => {
      const rows = await db.subscription.findMany({ where: { endsAt: { lte: now } }, select: { id: true } })
      return rows.map(({ id }) => id)
    },
    forget: async (id: string): Promise<void> => {
      await db.subscription.deleteMany({ where: { id } })
    },
  }
}
