// @peculiar/x509 needs it, and before itself.
import 'reflect-metadata'
import type { V1CertificateSigningRequest } from '@kubernetes/client-node'
import * as x509 from '@peculiar/x509'

/** A kubelet's wish for a serving certificate: who asks, and for which names and addresses. */
export type ServingRequest = {
  name: string
  requester: string
  names: string[]
  addresses: string[]
  /** Already signed, denied or approved. */
  settled: boolean
}

const ALTERNATIVE_NAMES = '2.5.29.17'
/** Who signs kubelets' serving certificates. */
export const SERVING_SIGNER = 'kubernetes.io/kubelet-serving'

/** Reads a request as it was made; what it asks for is only a claim. */
export function servingRequest(object: V1CertificateSigningRequest): ServingRequest | undefined {
  if (object.spec.signerName !== SERVING_SIGNER) return undefined
  const pem = Buffer.from(object.spec.request, 'base64').toString()
  const request = new x509.Pkcs10CertificateRequest(pem)
  const extension = request.getExtension(ALTERNATIVE_NAMES)
  const alternatives = extension
    ? new x509.SubjectAlternativeNameExtension(extension.rawData).names.toJSON()
    : []
  const of = (type: string) => alternatives.filter((one) => one.type === type).map(({ value }) => value)
  return {
    name: object.metadata?.name ?? '',
    requester: object.spec.username ?? '',
    names: of('dns'),
    addresses: of('ip'),
    settled: (object.status?.conditions ?? []).length > 0,
  }
}
