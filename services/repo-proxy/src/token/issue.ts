import { invalid } from '@slipway/errors'
import { type PublicKeys, seal } from '@slipway/secrets'
import type { Repo } from '../repo.ts'
import { addPushToken, type Holder, removePullToken, replacePullToken } from './store.ts'
import { newToken, requirePatterns } from './token.ts'

const LONGEST_MINUTES = 1440

/** Makes a token to push with. */
export async function issuePushToken({ database, now }: Repo, expiresInMinutes: number) {
  if (!Number.isInteger(expiresInMinutes) || expiresInMinutes < 1 || expiresInMinutes > LONGEST_MINUTES) {
    throw invalid([
      {
        field: 'expiresInMinutes',
        message: `${expiresInMinutes} is not between 1 and ${LONGEST_MINUTES}`,
        hint: 'Push tokens live for a day at most; make a new one when it is needed.',
      },
    ])
  }
  const { id, text, hash } = newToken()
  const createdAt = now()
  const expiresAt = new Date(createdAt.getTime() + expiresInMinutes * 60_000)
  await addPushToken(database, { id, hash, createdAt, expiresAt })
  return { token: text, expiresAt }
}

/** Makes a cluster's pull token, sealed so that only ansible-runner can put it on the nodes. An older one ends. */
export async function issuePullToken(
  { database, now }: Repo,
  keys: PublicKeys,
  { project, holder, repositories }: Holder & { repositories: readonly string[] },
): Promise<string> {
  requireHolder({ project, holder })
  requirePatterns(repositories)
  const { id, text, hash } = newToken()
  const sealed = await seal(keys, 'ansible-runner', text, { project, object: holder, field: 'pull_token' })
  await replacePullToken(database, { project, holder }, { id, hash, repositories, createdAt: now() })
  return sealed
}

/** Ends a cluster's pull token; one that is gone already is no error. */
export async function revokePullToken({ database }: Repo, { project, holder }: Holder): Promise<void> {
  requireHolder({ project, holder })
  await removePullToken(database, { project, holder })
}

function requireHolder(holder: Holder): void {
  const problems = Object.entries(holder)
    .filter(([, value]) => value === '')
    .map(([field]) => ({ field, message: 'is empty', hint: 'Name the project and the cluster.' }))
  if (problems.length > 0) throw invalid(problems)
}
