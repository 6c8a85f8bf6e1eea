import type { Transaction } from '../store.ts'

/** Names of the versions that are switched off. */
export async function findDisabled(db: Transaction): Promise<ReadonlySet<string>> {
  const rows = await db.versionSwitch.findMany({ where: { enabled: false } })
  return new Set(rows.map(({ name }) => name))
}

/** Switches a version on or off. */
export async function setEnabled(db: Transaction, name: string, enabled: boolean): Promise<void> {
  await db.versionSwitch.upsert({ where: { name }, create: { name, enabled }, update: { enabled } })
}
