import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { bug } from '@slipway/errors'

// OWASP's Password Storage Cheat Sheet, 2025: argon2id, 19 MiB, two passes, one lane.
const COST = { memory: 19_456, passes: 2, parallelism: 1 }
const SALT_BYTES = 16
const TAG_BYTES = 32
const FORM = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

const derive = promisify(argon2)

/** What is kept of a password, in the form that the field writes it: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const tag = await derive('argon2id', {
    ...COST,
    message: plain(password),
    nonce: salt,
    tagLength: TAG_BYTES,
  })
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(salt)}$${base64(tag)}`
}

/** Whether a password is the one that is kept. Takes as long where nothing is kept, so that the time tells nobody. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  if (kept === undefined) {
    await hashPassword(password)
    return false
  }
  const [, memory, passes, parallelism, salt = '', tag = ''] = FORM.exec(kept) ?? []
  if (!memory) throw bug('a password is kept in a form that nobody reads')
  const wanted = Buffer.from(tag, 'base64')
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const nonce = Buffer.from(salt, 'base64')
  const got = await derive('argon2id', { ...cost, message: plain(password), nonce, tagLength: wanted.length })
  return timingSafeEqual(got, wanted)
}

/** The same letters typed on another keyboard may come composed otherwise (NIST SP 800-63B, 3.1.1.2). */
function plain(password: string): string {
  return password.normalize('NFKC')
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
