import type { Transaction } from '../store.ts'
import type { Credential } from './credential.ts'

/** Adds a credential, its secrets sealed. */
export async function insertCredential(tx: Transaction, credential: Credential): Promise<void> {
  await tx.credential.create({ data: credential })
}

/** A credential of a project. */
export async function findCredential(
  db: Transaction,
  project: string,
  id: string,
): Promise<Credential | undefined> {
  return (await db.credential.findFirst({ where: { project, id } })) ?? undefined
}

/** Whether the project has a credential of that name. */
export async function isNameTaken(db: Transaction, project: string, name: string): Promise<boolean> {
  return (await db.credential.count({ where: { project, name } })) > 0
}

/** Credentials of a project by id or by name. */
export async function findCredentials(
  db: Transaction,
  project: string,
  { ids = [], names = [] }: { ids?: readonly string[]; names?: readonly string[] },
): Promise<Credential[]> {
  return db.credential.findMany({
    where: { project, OR: [{ id: { in: [...ids] } }, { name: { in: [...names] } }] },
  })
}

/** A project's credentials by name, `limit` of them after the name `after`. */
export async function listByName(
  db: Transaction,
  project: string,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Credential[]> {
  return db.credential.findMany({
    where: { project, ...(after === undefined ? {} : { name: { gt: after } }) },
    orderBy: { name: 'asc' },
    take: limit,
  })
}

/** Names of some credentials that jump through one. */
export async function findJumpers(db: Transaction, id: string, limit: number): Promise<string[]> {
  const rows = await db.credential.findMany({
    where: { jumpCredential: id },
    select: { name: true },
    orderBy: { name: 'asc' },
    take: limit,
  })
  return rows.map(({ name }) => name)
}

/** Removes a credential's row. */
export async function removeCredential(tx: Transaction, id: string): Promise<void> {
  await tx.credential.delete({ where: { id } })
}

/** Pins a jump host's keys unless somebody has pinned some in the meantime. */
export async function setJumpHostKeys(db: Transaction, id: string, keys: readonly string[]): Promise<void> {
  await db.credential.updateMany({
    where: { id, jumpHostKeys: { isEmpty: true } },
    data: { jumpHostKeys: [...keys], version: { increment: 1 } },
  })
}

/** Pins other keys of a jump host; undefined when the credential is not as it was read. */
export async function replaceJumpHostKeys(
  tx: Transaction,
  { id, version }: Credential,
  keys: readonly string[],
): Promise<Credential | undefined> {
  const [row] = await tx.credential.updateManyAndReturn({
    where: { id, version },
    data: { jumpHostKeys: [...keys], version: { increment: 1 } },
  })
  return row
}
