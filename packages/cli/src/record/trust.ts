import { readFile } from 'node:fs/promises'
import { denied, invalid } from '@slipway/errors'
import { keyIdOf, type Signature } from '@slipway/record'

/** Public keys that are believed: files that somebody named, and the one of an install on this machine. */
export type Keys = { keys: readonly string[]; ownKey: string }

/** Whether the key that signed is known here, and as what. */
export type Trust = { trusted: boolean; signer: string }

/**
 * Says whose signature it is. Keys that were named have to have signed, else it is refused; without any, the install's
 * own is known where it can be read, and every other signer is a stranger.
 */
export async function trustOf({ keyId }: Signature, { keys, ownKey }: Keys): Promise<Trust> {
  for (const file of keys) {
    if ((await idIn(file)) === keyId) return { trusted: true, signer: `the key in ${file}` }
  }
  if (keys.length > 0) {
    const message = `It was signed by the key ${keyId}, and not by ${keys.join(' or ')}.`
    throw denied(message, 'Ask whoever gave it to you where it is from, or name the right key.')
  }
  const own = await idIn(ownKey).catch(() => undefined)
  return own === keyId
    ? { trusted: true, signer: "this install's own key" }
    : { trusted: false, signer: 'a key that is not known here' }
}

async function idIn(file: string): Promise<string> {
  try {
    return await keyIdOf(await readFile(file, 'utf8'))
  } catch (cause) {
    const message = `is no public key that can be read: ${cause instanceof Error ? cause.message : cause}`
    throw invalid([{ field: file, message, hint: 'Get it by `slipway operation get-record-key`.' }])
  }
}
