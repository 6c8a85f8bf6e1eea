import type { Role } from '@slipway/contracts'
import type { Prisma, PrismaClient } from '../gen/prisma/client.ts'
import { projectEvent } from './events.ts'
import type { Member, Project, ProjectFact } from './project.ts'

type Transaction = Prisma.TransactionClient
/** A machine that is busy may take longer than Prisma's own two and five seconds. */
const PATIENT = { maxWait: 10_000, timeout: 20_000 }

/** Every query about projects and members. */
export type ProjectStore = ReturnType<typeof openProjectStore>

/** Opens it over the service's database. `changed` is called after commits that say something by event. */
export function openProjectStore(db: PrismaClient, changed: () => void) {
  /** One transaction with its events, each in the order of the project's versions. */
  async function change<T>(work: (tx: Transaction, say: Say) => Promise<T>): Promise<T> {
    const answer = await db.$transaction((tx) => {
      const say: Say = async (fact, now) => {
        await tx.outbox.create({ data: projectEvent(fact, now) })
      }
      return work(tx, say)
    }, PATIENT)
    changed()
    return answer
  }

  return {
    /**
     * What somebody is in a project; undefined when there is no such project. One statement, as nearly every call asks: by
     * `select` it was two, which took 0.34 ms of CPU and not 0.08.
     */
    membership: async (id: string, user: string): Promise<{ role: Role | undefined } | undefined> => {
      const [found] = await db.$queryRaw<{ role: string | null }[]>`
        SELECT m.role FROM projects p LEFT JOIN members m ON m.project_id = p.id AND m.user_id = ${user}
        WHERE p.id = ${id}`
      return found && { role: found.role === null ? undefined : roleOf(found.role) }
    },

    find: (id: string): Promise<Project | null> => db.project.findUnique({ where: { id } }),

    /** Projects of a member with the role there, or all; one only when `only` names it. */
    list: async (
      member: string | undefined,
      only: string,
      after: string,
      limit: number,
    ): Promise<{ project: Project; role: Role }[]> => {
      const rows = await db.project.findMany({
        where: {
          AND: [{ id: { gt: after } }, only ? { id: only } : {}],
          ...(member ? { members: { some: { userId: member } } } : {}),
        },
        include: { members: { where: { userId: member ?? '' } } },
        orderBy: { id: 'asc' },
        take: limit,
      })
      return rows.map(({ members: [own], ...project }) => ({
        project,
        role: member ? roleOf(own?.role ?? '') : 'administrator',
      }))
    },

    /** False when the name is taken. */
    create: (project: Project, now: Date): Promise<boolean> =>
      change(async (tx, say) => {
        const { count } = await tx.project.createMany({ data: [project], skipDuplicates: true })
        if (count === 1) await say({ fact: 'created', project }, now)
        return count === 1
      }),

    /** `version` is the one that the change rests on; 0 takes any. */
    update: (id: string, changes: { description?: string }, version: number, now: Date) =>
      change(async (tx, say): Promise<Project | 'missing' | 'stale'> => {
        const { count } = await tx.project.updateMany({
          where: { id, ...(version ? { version } : {}) },
          data: { ...changes, version: { increment: 1 } },
        })
        const project = await tx.project.findUnique({ where: { id } })
        if (!project) return 'missing'
        if (count === 0) return 'stale'
        await say({ fact: 'updated', project }, now)
        return project
      }),

    delete: (id: string, now: Date): Promise<boolean> =>
      change(async (tx, say) => {
        const project = await bump(tx, id)
        if (!project) return false
        await tx.project.delete({ where: { id } })
        await say({ fact: 'deleted', project }, now)
        return true
      }),

    members: async (id: string, after: string, limit: number): Promise<Member[]> => {
      const rows = await db.member.findMany({
        where: { projectId: id, userId: { gt: after } },
        include: { user: true },
        orderBy: { userId: 'asc' },
        take: limit,
      })
      return rows.map(memberOf)
    },

    setMember: (id: string, user: string, role: Member['role'], now: Date) =>
      change(
        async (tx, say): Promise<{ before: Member | undefined; after: Member } | 'missing' | 'no-user'> => {
          // The person first: a version without an event would be a gap to those who follow.
          if (!(await tx.user.findUnique({ where: { id: user } }))) return 'no-user'
          const project = await bump(tx, id)
          if (!project) return 'missing'
          const key = { projectId: id, userId: user }
          const include = { user: true }
          const before = await tx.member.findUnique({ where: { projectId_userId: key }, include })
          const row = await tx.member.upsert({
            where: { projectId_userId: key },
            create: { ...key, role },
            update: { role },
            include,
          })
          await say({ fact: 'member-set', project, member: memberOf(row) }, now)
          return { before: before ? memberOf(before) : undefined, after: memberOf(row) }
        },
      ),

    removeMember: (id: string, user: string, now: Date): Promise<Member | undefined> =>
      change(async (tx, say) => {
        const key = { projectId_userId: { projectId: id, userId: user } }
        const row = await tx.member.findUnique({ where: key, include: { user: true } })
        const project = row && (await bump(tx, id))
        if (!row || !project) return undefined
        await tx.member.delete({ where: key })
        await say({ fact: 'member-removed', project, member: memberOf(row) }, now)
        return memberOf(row)
      }),
  }
}

type Say = (fact: ProjectFact, now: Date) => Promise<void>

/** The next version of a project, whose row stays locked to the end of the transaction. */
async function bump(tx: Transaction, id: string): Promise<Project | undefined> {
  const [project] = await tx.project.updateManyAndReturn({
    where: { id },
    data: { version: { increment: 1 } },
  })
  return project
}

function memberOf({ userId, role, user }: { userId: string; role: string; user: { name: string } }): Member {
  return { user: userId, userName: user.name, role: roleOf(role) }
}

function roleOf(role: string): Member['role'] {
  return role === 'operator' ? 'operator' : 'viewer'
}
