import { rename, writeFile } from 'node:fs/promises'
import { v7 as uuidv7 } from 'uuid'
import { newEnrolmentCode } from './enrol.ts'
import type { IdentityStore } from './store.ts'

const NAME = 'admin'

/**
 * Makes the first administrator when there is nobody yet. The one-time code goes to `file`, which only its owner may read,
 * and to `say`, once; there is no built-in password. A code that expired unused is replaced at the next start.
 */
export async function ensureFirstAdministrator(
  store: IdentityStore,
  { file, say, now }: { file: string; say: (text: string) => void; now: Date },
): Promise<void> {
  const { code, digest, expiresAt } = newEnrolmentCode(now)
  const user = { id: uuidv7(), name: NAME, administrator: true, enabled: true, createdAt: now }
  const made = await store.first(user, { digest, expiresAt }, now, async () => {
    await writeFile(`${file}.new`, `${code}\n`, { mode: 0o600 })
    await rename(`${file}.new`, file)
  })
  if (!made) return
  say(
    `The first administrator enrols with this one-time code, until ${expiresAt.toISOString()}: ${code}\nIt is also in ${file}.\n`,
  )
}
