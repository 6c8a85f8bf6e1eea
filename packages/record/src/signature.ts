import { createPublicKey, type KeyObject } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { CompactSign, calculateJwkThumbprint, compactVerify, exportJWK, importJWK, type JWK } from 'jose'

const ALGORITHM = 'Ed25519'
const TYPE = 'slipway-record+jws'

const count = Type.Integer({ minimum: 0 })
const Mark = Type.Object({ bytes: count, sha256: Type.String() })

/** What is signed: the file up to its signature, with marks on the way, and what it is about. */
const Statement = Type.Object({
  ...Mark.properties,
  marks: Type.Array(Mark),
  operation: Type.String(),
  project: Type.String(),
  signedAt: Type.String(),
})
export type Statement = Static<typeof Statement>

/** Signs as a JWS (RFC 7515) that carries the public key, so that a whole file is told from a changed one everywhere. */
export async function signed(statement: Statement, key: KeyObject): Promise<string> {
  const jwk = publicPart(await exportJWK(createPublicKey(key)))
  const kid = await calculateJwkThumbprint(jwk)
  return new CompactSign(Buffer.from(JSON.stringify(statement)))
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid, jwk })
    .sign(key)
}

/** Reads a JWS that the key in it signed; undefined when it did not. Whose key that is, is for others to say. */
export async function verified(
  jws: string,
): Promise<{ statement: Statement; keyId: string; publicKey: string } | undefined> {
  try {
    const { payload, protectedHeader } = await compactVerify(
      jws,
      ({ jwk }) => importJWK(publicPart(jwk ?? {}), ALGORITHM),
      { algorithms: [ALGORITHM] },
    )
    const [, , signature = ''] = jws.split('.')
    // Base64 has spare bits at its end: with others in them it would be the same signature in another file.
    const isAsWritten = Buffer.from(signature, 'base64url').toString('base64url') === signature
    if (protectedHeader.typ !== TYPE || !protectedHeader.jwk || !isAsWritten) return undefined
    const jwk = publicPart(protectedHeader.jwk)
    const publicKey = createPublicKey({ key: jwk as never, format: 'jwk' })
    return {
      statement: Value.Parse(Statement, JSON.parse(Buffer.from(payload).toString())),
      keyId: await calculateJwkThumbprint(jwk),
      publicKey: String(publicKey.export({ format: 'pem', type: 'spki' })),
    }
  } catch {
    return undefined
  }
}

/** The name of a public key in PEM: its thumbprint (RFC 7638). Throws what Node says of a text that is no key. */
export async function keyIdOf(pem: string): Promise<string> {
  return calculateJwkThumbprint(publicPart(await exportJWK(createPublicKey(pem))))
}

function publicPart({ kty, crv, x }: JWK): JWK {
  return { kty, crv, x }
}
