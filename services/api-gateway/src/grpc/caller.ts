import type { Metadata } from '@grpc/grpc-js'

/** The API token that a call brings. */
export function bearerOf(metadata: Metadata): string | undefined {
  return /^Bearer (\S+)$/i.exec(first(metadata, 'authorization') ?? '')?.[1]
}

/** The first value of a header. */
export function first(metadata: Metadata, key: string): string | undefined {
  return metadata.get(key)[0]?.toString()
}

/** A peer's address without its port: `127.0.0.1:4711` → `127.0.0.1` */
export function sourceOf(peer: string): string {
  return peer.slice(0, peer.lastIndexOf(':')).replace(/^\[|\]$/g, '') || peer
}
