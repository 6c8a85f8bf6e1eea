import { conflict, invalid } from '@slipway/errors'
import { type PublicKeys, seal } from '@slipway/secrets'
import type { OwnAddresses } from '../host/address.ts'
import { type Database, inTransaction, lockInventory } from '../store.ts'
import { credentialProblems } from './check.ts'
import { type Credential, type NewCredential, type Secret, secretFields } from './credential.ts'
import { findCredential, insertCredential, isNameTaken } from './store.ts'

/** Checks a credential, seals its secrets to ansible-runner and keeps it. From then on nobody here can read them. */
export async function createCredential(
  deps: {
    db: Database
    publicKeys: PublicKeys
    ownAddresses: () => Promise<OwnAddresses>
    now: () => Date
    newId: () => string
  },
  wanted: NewCredential,
): Promise<Credential> {
  const { db, now, newId } = deps
  const { project, name, user, kind, jumpHost } = wanted
  const jump = jumpHost && (await findCredential(db, project, jumpHost.credential))
  const own = jumpHost ? await deps.ownAddresses() : new Set<string>()
  const problems = await credentialProblems(wanted, { jump, own })
  if (problems.length > 0) throw invalid(problems)
  const id = newId()
  const credential: Credential = {
    ...{ id, project, name, user, kind },
    ...(await sealAll(deps.publicKeys, id, wanted)),
    jumpAddress: jumpHost?.address ?? null,
    jumpPort: jumpHost?.port ?? null,
    jumpCredential: jumpHost?.credential ?? null,
    jumpHostKeys: [],
    version: 1,
    createdAt: now(),
  }
  await inTransaction(db, async (tx) => {
    await lockInventory(tx)
    if (await isNameTaken(tx, project, name)) {
      throw conflict('name', `There is a credential ${name} already.`, 'Take another name.')
    }
    if (jumpHost && !(await findCredential(tx, project, jumpHost.credential))) {
      throw conflict('jumpHost.credential', 'It was deleted just now.', 'Give another credential.')
    }
    await insertCredential(tx, credential)
  })
  return credential
}

async function sealAll(
  publicKeys: PublicKeys,
  object: string,
  wanted: NewCredential,
): Promise<Record<Secret, string>> {
  const one = async (secret: Secret) =>
    wanted[secret] === ''
      ? ''
      : seal(publicKeys, 'ansible-runner', wanted[secret], {
          project: wanted.project,
          object,
          field: secretFields[secret],
        })
  return {
    password: await one('password'),
    privateKey: await one('privateKey'),
    passphrase: await one('passphrase'),
    sudoPassword: await one('sudoPassword'),
  }
}
