import { Endpoint } from '@slipway/contracts/repo/v1/repo'

/** How this repo-proxy is reached. */
export type Reach = { host: string; port: number; name: string; addresses: readonly string[]; ca: string }

/** Where nodes, and tools beside it, find repo-proxy. */
export function toEndpoint({ host, port, name, addresses, ca }: Reach, aptKey: string): Endpoint {
  // Listening everywhere has no address of its own: loopback is one of them.
  const near = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? host
  return Endpoint.fromPartial({
    baseUrl: `https://${near}:${port}`,
    name,
    addresses: [...addresses],
    port,
    ca,
    aptKey,
  })
}
