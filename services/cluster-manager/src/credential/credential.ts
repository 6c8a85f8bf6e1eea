/** How to log in to hosts. The secrets are sealed to ansible-runner: nobody else can open them, this service neither. */
export type Credential = {
  id: string
  project: string
  name: string
  user: string
  /** password or private-key. */
  kind: string
  /** Sealed, each for {project, object: id, field}; '' where there is none. */
  password: string
  privateKey: string
  passphrase: string
  sudoPassword: string
  jumpAddress: string | null
  jumpPort: number | null
  jumpCredential: string | null
  /** Keys of the jump host, pinned before it is first used: `ssh-ed25519 AAAA…`. */
  jumpHostKeys: string[]
  version: number
  createdAt: Date
}

/** A credential as a person gives it, with open secrets; it lives as long as the call. */
export type NewCredential = {
  project: string
  name: string
  user: string
  kind: string
  password: string
  privateKey: string
  passphrase: string
  sudoPassword: string
  jumpHost: { address: string; port: number; credential: string } | undefined
}

/** The names by which ansible-runner opens the secrets: part of what they are sealed with. */
export const secretFields = {
  password: 'password',
  privateKey: 'private_key',
  passphrase: 'passphrase',
  sudoPassword: 'sudo_password',
} as const
export type Secret = keyof typeof secretFields
