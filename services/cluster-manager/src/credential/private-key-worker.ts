// Runs in a worker thread: see private-key.ts.
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import type { KeyAnswer, KeyProblem, KeyQuestion } from './private-key.ts'

const MAGIC = 'openssh-key-v1\0'
const OPENSSH = /^-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END OPENSSH PRIVATE KEY-----\s*$/
const PEM = /^-----BEGIN ((RSA|EC|ENCRYPTED) )?PRIVATE KEY-----/

const question: KeyQuestion = workerData
say({ problem: await problemOf(question) })

function say(answer: KeyAnswer): void {
  parentPort?.postMessage(answer)
}

async function problemOf({ text, passphrase }: KeyQuestion): Promise<KeyProblem | undefined> {
  const openssh = OPENSSH.exec(text)
  if (!openssh && !PEM.test(text)) return unreadable()
  const encrypted = openssh ? isEncrypted(openssh[1] ?? '') : text.includes('ENCRYPTED')
  if (encrypted === undefined) return unreadable()
  if (encrypted && passphrase === '') {
    return {
      field: 'passphrase',
      message: 'the key is encrypted, but no passphrase was given',
      hint: 'Give its passphrase too, or a key without one.',
    }
  }
  if (!encrypted && passphrase !== '') {
    return {
      field: 'passphrase',
      message: 'the key is not encrypted, a passphrase does nothing',
      hint: 'Leave the passphrase out.',
    }
  }
  return openssh ? opensshProblem(text, passphrase, encrypted) : pemProblem(text, passphrase, encrypted)
}

async function opensshProblem(
  text: string,
  passphrase: string,
  encrypted: boolean,
): Promise<KeyProblem | undefined> {
  // Only here: loading it takes as long as the rest.
  const { default: ssh2 } = await import('ssh2')
  if (encrypted) say('checking')
  const parsed = ssh2.utils.parseKey(text, encrypted ? passphrase : undefined)
  const failed = parsed instanceof Error || (Array.isArray(parsed) && parsed.length === 0)
  if (failed) return encrypted ? doesNotFit() : unreadable()
  return undefined
}

function pemProblem(text: string, passphrase: string, encrypted: boolean): KeyProblem | undefined {
  let key: KeyObject
  if (encrypted) say('checking')
  try {
    key = createPrivateKey({ key: text, ...(encrypted ? { passphrase } : {}) })
  } catch {
    return encrypted ? doesNotFit() : unreadable()
  }
  if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec') return undefined
  return {
    field: 'privateKey',
    message: `a key of type ${key.asymmetricKeyType} in PEM form can't be loaded by every OpenSSH`,
    hint: 'Give it in OpenSSH form (ssh-keygen -t ed25519), or an RSA or ECDSA key.',
  }
}

/** Whether the key inside is encrypted; undefined when it is no OpenSSH key. The first text after the magic is the cipher. */
function isEncrypted(base64: string): boolean | undefined {
  const blob = Buffer.from(base64, 'base64')
  if (blob.subarray(0, MAGIC.length).toString('latin1') !== MAGIC || blob.length < MAGIC.length + 4) return
  const length = blob.readUInt32BE(MAGIC.length)
  const cipher = blob.subarray(MAGIC.length + 4, MAGIC.length + 4 + length).toString('latin1')
  return cipher !== 'none'
}

function unreadable(): KeyProblem {
  return {
    field: 'privateKey',
    message: 'this is not a private key in OpenSSH or PEM form',
    hint: 'Paste the whole file, from its BEGIN line to its END line, not the .pub file.',
  }
}

function doesNotFit(): KeyProblem {
  return {
    field: 'passphrase',
    message: 'the passphrase does not open the key',
    hint: 'Try it with: ssh-keygen -y -f <key>.',
  }
}
