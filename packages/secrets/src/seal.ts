import { bug } from '@slipway/errors'
import type { PublicKeys, ServiceKey } from './key.ts'
import { suite } from './suite.ts'

/** Where a secret belongs. It is bound to it: moved to another project, object or field it does not open. */
export type Where = { project: string; object: string; field: string }

/** Seals text so that only `service` can open it. Answers `v1.<key id>.<encapsulated key>.<ciphertext>`, base64url. */
export async function seal(keys: PublicKeys, service: string, text: string, where: Where): Promise<string> {
  const to = keys[service]
  if (!to) throw bug(`no public key of ${service} is known`)
  const recipientPublicKey = await suite.kem.deserializePublicKey(buffer(Buffer.from(to.key, 'base64')))
  const { enc, ct } = await suite.seal(
    { recipientPublicKey, info: info(where) },
    buffer(Buffer.from(text, 'utf8')),
    associated(where),
  )
  return ['v1', to.id, Buffer.from(enc).toString('base64url'), Buffer.from(ct).toString('base64url')].join(
    '.',
  )
}

/** Opens what was sealed to this service for this place. */
export async function open(key: ServiceKey, sealed: string, where: Where): Promise<string> {
  const [form, id, enc, ct] = sealed.split('.')
  if (form !== 'v1' || id !== key.id || !enc || !ct) {
    throw bug(`a secret for ${where.object} ${where.field} was sealed for key ${id}, not ${key.id}`)
  }
  try {
    const text = await suite.open(
      { recipientKey: key.privateKey, enc: buffer(Buffer.from(enc, 'base64url')), info: info(where) },
      buffer(Buffer.from(ct, 'base64url')),
      associated(where),
    )
    return Buffer.from(text).toString('utf8')
  } catch (cause) {
    throw bug(
      `the secret ${where.field} of ${where.object} does not open: it belongs elsewhere or was changed`,
      cause,
    )
  }
}

/** The project takes part in the key schedule: every project has keys of its own. */
function info({ project }: Where): ArrayBuffer {
  return buffer(Buffer.from(`slipway/${project}`))
}

function associated({ project, object, field }: Where): ArrayBuffer {
  return buffer(Buffer.from(JSON.stringify([project, object, field])))
}

function buffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
