// @peculiar/x509 needs it, and before itself.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A new key and the request for its certificate. The subject is built from parts: a name can't add a group. */
export async function userRequest(subject: {
  name: string
  group: string
}): Promise<{ key: string; request: string }> {
  x509.cryptoProvider.set(webcrypto)
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ O: [subject.group] }, { CN: [subject.name] }],
    keys,
    signingAlgorithm: ALGORITHM,
  })
  const key = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    'PRIVATE KEY',
  )
  return { key, request: request.toString('pem') }
}
