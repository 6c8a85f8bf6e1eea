// @peculiar/x509 needs it, and before itself.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate and its key, as PEM texts. */
export type Certificate = { cert: string; key: string }

/** The install's own CA. */
export type Authority = Certificate

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3650
const LEAF_DAYS = 365
x509.cryptoProvider.set(webcrypto)

/** Makes the CA that every certificate of an install comes from. `now` in ms since the epoch. */
export async function createAuthority(name: string, now: number): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { cert: cert.toString('pem'), key: await exportKey(keys.privateKey) }
}

/** Issues a certificate for a service: `name` as CN and DNS name, with more names and addresses; valid for a year. */
export async function issue(
  authority: Authority,
  name: string,
  alternatives: { dns?: readonly string[]; ips?: readonly string[] },
  now: number,
): Promise<Certificate> {
  const issuer = new x509.X509Certificate(authority.cert)
  const signingKey = await importKey(authority.key)
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const names = [
    ...[name, ...(alternatives.dns ?? [])].map((value) => ({ type: 'dns' as const, value })),
    ...(alternatives.ips ?? []).map((value) => ({ type: 'ip' as const, value })),
  ]
  const cert = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: issuer.subject,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + LEAF_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return { cert: cert.toString('pem'), key: await exportKey(keys.privateKey) }
}

/** Whether a certificate has less than a third of its life left, or names less than is asked for. */
export function needsRenewal(cert: string, wanted: readonly string[], now: number): boolean {
  const parsed = new x509.X509Certificate(cert)
  const life = parsed.notAfter.getTime() - parsed.notBefore.getTime()
  if (parsed.notAfter.getTime() - now < life / 3) return true
  const names = parsed.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON() ?? []
  return wanted.some((value) => !names.some((name) => name.value === value))
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(pem)
  if (!der) throw new TypeError('the CA key is not PEM')
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign'])
}
