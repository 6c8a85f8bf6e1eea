import { open, type ServiceKey } from '@slipway/secrets'
import type { Login, SealedVariable } from '../run/order.ts'

/** Opens the secrets of a login; they are sealed for the credential's id and the field's name in the contract. */
export async function openLogin(key: ServiceKey, project: string, login: Login): Promise<Login> {
  const opened = async (field: string, sealed: string) =>
    sealed === '' ? '' : open(key, sealed, { project, object: login.credential, field })
  return {
    ...login,
    password: login.kind === 'password' ? await opened('password', login.password) : '',
    privateKey: login.kind === 'private-key' ? await opened('private_key', login.privateKey) : '',
    passphrase: login.kind === 'private-key' ? await opened('passphrase', login.passphrase) : '',
    sudoPassword: await opened('sudo_password', login.sudoPassword),
  }
}

/** Opens secret variables: dotted name → text. */
export async function openVariables(
  key: ServiceKey,
  project: string,
  variables: readonly SealedVariable[],
): Promise<Map<string, string>> {
  const opened = variables.map(async ({ name, sealed, object, field }) => {
    return [name, await open(key, sealed, { project, object, field })] as const
  })
  return new Map(await Promise.all(opened))
}
