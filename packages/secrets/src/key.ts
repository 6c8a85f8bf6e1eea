import { hkdfSync, randomBytes, type webcrypto } from 'node:crypto'
import { suite } from './suite.ts'

/** A service's own key: it alone can open what is sealed to it. */
export type ServiceKey = { id: string; service: string; privateKey: webcrypto.CryptoKey }

/** Public keys by service, each base64 with its key id: what others need to seal. */
export type PublicKeys = Record<string, { id: string; key: string }>

/** 32 random bytes as base64: the root of an install's secrets. It is kept in a file and backed up by a person. */
export function createRootKey(): string {
  return randomBytes(32).toString('base64')
}

/** The seed of one service's key, derived from the root key (HKDF-SHA256), so that only the root needs a backup. */
export function serviceSeed(rootKey: string, service: string): string {
  const seed = hkdfSync('sha256', Buffer.from(rootKey, 'base64'), 'slipway', `service-key/1/${service}`, 32)
  return Buffer.from(seed).toString('base64')
}

/** A service's key from its seed. */
export async function serviceKey(service: string, seed: string): Promise<ServiceKey> {
  const pair = await keyPair(seed)
  return { id: `${service}/1`, service, privateKey: pair.privateKey }
}

/** The public halves of services' keys. */
export async function publicKeysOf(seeds: Record<string, string>): Promise<PublicKeys> {
  const entries = Object.entries(seeds).map(async ([service, seed]) => {
    const { publicKey } = await keyPair(seed)
    const key = Buffer.from(await suite.kem.serializePublicKey(publicKey)).toString('base64')
    return [service, { id: `${service}/1`, key }] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

async function keyPair(seed: string): Promise<webcrypto.CryptoKeyPair> {
  const bytes = Buffer.from(seed, 'base64')
  return suite.kem.deriveKeyPair(new Uint8Array(bytes).buffer)
}
