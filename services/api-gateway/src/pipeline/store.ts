import type { PrismaClient } from '../gen/prisma/client.ts'

/** Which call: whose, to what, under which key. */
export type CallName = { principal: string; method: string; key: string }

/** A call as it was found under its key. */
export type KnownCall = { digest: string; execution: string; busyUntil: Date; answer: string | undefined }

/** Every query about calls with an idempotency key. */
export type CallStore = ReturnType<typeof openCallStore>

/** Opens it over the service's database. */
export function openCallStore(db: PrismaClient) {
  return {
    /** Takes a key for one execution; undefined when it was free, else what is there. */
    take: async (
      name: CallName,
      mine: { digest: string; execution: string; busyUntil: Date; expiresAt: Date },
      now: Date,
    ): Promise<KnownCall | undefined> => {
      await db.idempotentCall.deleteMany({ where: { ...name, expiresAt: { lte: now } } })
      const { count } = await db.idempotentCall.createMany({
        data: [{ ...name, ...mine }],
        skipDuplicates: true,
      })
      if (count === 1) return undefined
      const known = await db.idempotentCall.findUnique({ where: { principal_method_key: name } })
      // Given up between the two statements: as if it were busy, so that the caller asks again.
      if (!known) return { digest: mine.digest, execution: '', busyUntil: now, answer: undefined }
      return { ...known, answer: known.answer ?? undefined }
    },

    /** Takes over from an execution that died. */
    takeOver: async (name: CallName, dead: string, execution: string, busyUntil: Date): Promise<boolean> => {
      const { count } = await db.idempotentCall.updateMany({
        where: { ...name, execution: dead, answer: null },
        data: { execution, busyUntil },
      })
      return count === 1
    },

    /** Says that an execution goes on. */
    hold: async (name: CallName, execution: string, busyUntil: Date): Promise<void> => {
      await db.idempotentCall.updateMany({ where: { ...name, execution, answer: null }, data: { busyUntil } })
    },

    answer: async (name: CallName, execution: string, answer: string): Promise<void> => {
      await db.idempotentCall.updateMany({ where: { ...name, execution }, data: { answer } })
    },

    /** Frees the key of an execution that changed nothing. */
    release: async (name: CallName, execution: string): Promise<void> => {
      await db.idempotentCall.deleteMany({ where: { ...name, execution, answer: null } })
    },

    /** Forgets what is older than a day. */
    forget: async (now: Date): Promise<void> => {
      await db.idempotentCall.deleteMany({ where: { expiresAt: { lte: now } } })
    },
  }
}
