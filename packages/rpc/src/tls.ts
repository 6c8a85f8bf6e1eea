import { type ChannelCredentials, experimental, type ServerCredentials } from '@grpc/grpc-js'

/** A service's certificate as it is now: PEM texts that change when it is renewed. */
export type Tls = {
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** Calls `take` after each renewal, until what it answers is called. */
  onRenewed: (take: () => void) => () => void
}

/**
 * Credentials of a gRPC server that shows the present certificate at each handshake; connections outlive a renewal.
 * `mutual` lets in only clients with a certificate of the same CA.
 */
export function serverCredentials(tls: Tls, { mutual }: { mutual: boolean }): ServerCredentials {
  const provider = providerOf(tls)
  // The types call the arguments CA and identity; grpc-js 1.14 reads identity and CA.
  return experimental.createCertificateProviderServerCredentials(provider, mutual ? provider : null, mutual)
}

/** Credentials of a gRPC client that shows the present certificate whenever it connects. */
export function channelCredentials(tls: Tls): ChannelCredentials {
  const provider = providerOf(tls)
  return experimental.createCertificateProviderChannelCredentials(provider, provider)
}

/**
 * Our certificate, the way grpc-js asks for it. Its own FileWatcherCertificateProvider drops every connection while a file
 * can't be read or fits another's key, so files are read and checked elsewhere.
 */
function providerOf(tls: Tls): experimental.CertificateProvider {
  const ends = new Map<unknown, () => void>()
  const add = (listener: unknown, tell: () => void) => {
    ends.set(listener, tls.onRenewed(tell))
    // A server listens to its credentials only after it has asked for them.
    process.nextTick(tell)
  }
  const remove = (listener: unknown) => {
    ends.get(listener)?.()
    ends.delete(listener)
  }
  return {
    addCaCertificateListener: (listener) =>
      add(listener, () => listener({ caCertificate: Buffer.from(tls.ca) })),
    removeCaCertificateListener: remove,
    addIdentityCertificateListener: (listener) =>
      add(listener, () => listener({ certificate: Buffer.from(tls.cert), privateKey: Buffer.from(tls.key) })),
    removeIdentityCertificateListener: remove,
  }
}
