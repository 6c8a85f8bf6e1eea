import type { PrismaClient } from '../gen/prisma/client.ts'
import type { User } from '../identity/identity.ts'
import { IDLE_MS, type Session } from './session.ts'

const MINUTE_MS = 60_000
/** Failed tries are forgotten after this, where nobody signs in. */
const REMEMBERED_MS = 86_400_000

/** What became of a try to sign in before the password was looked at. */
export type Try = { lockedFor: number } | 'may'

/** Every query about sessions, passwords and tries to sign in. */
export type SessionStore = ReturnType<typeof openSessionStore>

/** Opens it over the service's database. */
export function openSessionStore(db: PrismaClient) {
  const alive = (now: Date) => ({
    expiresAt: { gt: now },
    lastUsedAt: { gt: new Date(now.getTime() - IDLE_MS) },
  })
  return {
    /** The session that has not ended, and its owner. */
    findSession: async (digest: string, now: Date): Promise<(Session & { user: User }) | undefined> => {
      const row = await db.session.findFirst({ where: { digest, ...alive(now) }, include: { user: true } })
      return row ?? undefined
    },
    /** Notes that it was used, once a minute at most. */
    sessionUsed: async (id: string, last: Date, now: Date): Promise<void> => {
      if (now.getTime() - last.getTime() < MINUTE_MS) return
      await db.session.updateMany({ where: { id }, data: { lastUsedAt: now } })
    },
    createSession: async (session: Session, digest: string): Promise<void> => {
      await db.session.create({ data: { ...session, digest } })
    },
    listSessions: (userId: string, now: Date, after: string, limit: number): Promise<Session[]> =>
      db.session.findMany({
        where: { userId, id: { gt: after }, ...alive(now) },
        orderBy: { id: 'asc' },
        take: limit,
        omit: { digest: true },
      }),
    /** Ends sessions of a person: one, or all but one. Answers those that ended. */
    endSessions: async (userId: string, which: { id: string } | { but: string }): Promise<Session[]> => {
      const where = { userId, id: 'id' in which ? which.id : { not: which.but } }
      const [ended] = await db.$transaction([
        db.session.findMany({ where, omit: { digest: true } }),
        db.session.deleteMany({ where }),
      ])
      return ended
    },

    passwordOf: async (name: string): Promise<{ user: User; hash: string | undefined } | undefined> => {
      const row = await db.user.findUnique({ where: { name }, include: { password: true } })
      if (!row) return undefined
      const { password, ...user } = row
      return { user, hash: password?.hash }
    },
    hasPassword: async (userId: string): Promise<boolean> =>
      (await db.password.count({ where: { userId } })) > 0,
    setPassword: async (userId: string, hash: string, now: Date): Promise<void> => {
      const data = { hash, setAt: now }
      await db.password.upsert({ where: { userId }, create: { userId, ...data }, update: data })
    },

    /**
     * Takes one try of a name before its password is looked at, as one statement: of many at the same time no more are
     * let through than one after the other would be. The lock after each is given by `lock`, seconds for every number of failures.
     */
    takeTry: async (name: string, lock: readonly number[], now: Date): Promise<Try> => {
      const forgetAt = new Date(now.getTime() + REMEMBERED_MS)
      const last = lock.length
      const taken = await db.$executeRaw`
        INSERT INTO api_gateway.sign_in_tries AS known (name, failed, locked_until, forget_at)
        VALUES (${name}, 1, ${now}::timestamptz + make_interval(secs => (${lock}::float8[])[1]), ${forgetAt})
        ON CONFLICT (name) DO UPDATE SET
          failed = known.failed + 1,
          locked_until = ${now}::timestamptz
            + make_interval(secs => (${lock}::float8[])[LEAST(known.failed + 1, ${last}::int)]),
          forget_at = ${forgetAt}
        WHERE known.locked_until <= ${now}::timestamptz`
      if (taken > 0) return 'may'
      const known = await db.signInTries.findUnique({ where: { name } })
      return {
        lockedFor: Math.max(1, Math.ceil(((known?.lockedUntil ?? now).getTime() - now.getTime()) / 1000)),
      }
    },
    /** Forgets the failures of a name: its owner came in. */
    forgetTries: async (name: string): Promise<void> => {
      await db.signInTries.deleteMany({ where: { name } })
    },
    /** Deletes what has ended. */
    tidy: async (now: Date): Promise<void> => {
      await db.session.deleteMany({ where: { NOT: alive(now) } })
      await db.signInTries.deleteMany({ where: { forgetAt: { lte: now } } })
    },
  }
}
