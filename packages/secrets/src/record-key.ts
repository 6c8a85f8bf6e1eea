import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto'

/** The Ed25519 key that signs an install's records; the public half as PEM. */
export type RecordKey = { privateKey: KeyObject; publicKey: string }

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * The record key of the service that signs, from its seed (HKDF-SHA256): with the root key restored it is the same again,
 * and every replica has it.
 */
export function recordKey(seed: string): RecordKey {
  const bytes = hkdfSync('sha256', Buffer.from(seed, 'base64'), 'slipway', 'record-key/1', 32)
  const der = Buffer.concat([PKCS8, Buffer.from(bytes)])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey).export({ format: 'pem', type: 'spki' })
  return { privateKey, publicKey: String(publicKey) }
}
