import { open, type PublicKeys, type ServiceKey, seal } from '@slipway/secrets'
import type { PrismaClient } from '../gen/prisma/client.ts'
import { addSigningKey, signingKey } from './store.ts'

/** The key that signs apt repositories: nodes get its public half, the private one is opened only to sign. */
export type AptSigner = {
  /** ASCII-armoured. */
  publicKey: string
  /** Clear-signs a Release file: InRelease. */
  sign: (text: string, date: Date) => Promise<string>
}

const where = { project: '_', object: 'apt-signing-key', field: 'private_key' }
const DAY_MS = 86_400_000

/**
 * Opens the signing key, making it at first start; of several replicas the first one's is kept.
 * Ed25519 in OpenPGP version 4 form with SHA-512: both gpgv of Debian 12 (2.2 knows no newer form) and sqv of Debian 13 take it.
 */
export async function openAptSigner(options: {
  database: PrismaClient
  key: ServiceKey
  publicKeys: PublicKeys
  now: () => Date
}): Promise<AptSigner> {
  const { database, key, publicKeys, now } = options
  const stored = (await signingKey(database)) ?? (await makeKey(database, publicKeys, now()))
  return {
    publicKey: stored.publicKey,
    sign: async (text, date) => {
      const { config, createCleartextMessage, enums, readPrivateKey, sign } = await loadOpenpgp()
      const armoredKey = await open(key, stored.sealedKey, where)
      return sign({
        message: await createCleartextMessage({ text }),
        signingKeys: await readPrivateKey({ armoredKey }),
        date,
        config: { ...config, preferredHashAlgorithm: enums.hash.sha512 },
      })
    },
  }
}

async function makeKey(database: PrismaClient, publicKeys: PublicKeys, now: Date) {
  const { generateKey } = await loadOpenpgp()
  const made = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ name: 'Slipway packages' }],
    subkeys: [],
    // Nodes whose clocks are late must not find a key from the future.
    date: new Date(now.getTime() - DAY_MS),
    format: 'armored',
  })
  const sealedKey = await seal(publicKeys, 'repo-proxy', made.privateKey, where)
  return addSigningKey(database, { publicKey: made.publicKey, sealedKey, createdAt: now })
}

/** Loaded when something is signed: most starts sign nothing. */
function loadOpenpgp(): Promise<typeof import('openpgp')> {
  return import('openpgp')
}
