import type { Metadata } from '@grpc/grpc-js'

/** Who asked, as api-gateway recognised it. Services believe it because only api-gateway's certificate may send it. */
export type Principal = {
  user: string
  name: string
  /** Role in the project of the call, or in the install. */
  role: 'administrator' | 'operator' | 'viewer'
}

const KEY = 'slipway-principal-bin'

/** Puts the asker on a call. */
export function writePrincipal(metadata: Metadata, principal: Principal): void {
  metadata.set(KEY, Buffer.from(JSON.stringify(principal)))
}

/** Reads the asker off a call; services that call on their own behalf send none. */
export function readPrincipal(metadata: Metadata): Principal | undefined {
  const [value] = metadata.get(KEY)
  return value instanceof Buffer ? (JSON.parse(value.toString()) as Principal) : undefined
}
