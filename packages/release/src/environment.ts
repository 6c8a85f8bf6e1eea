/** The variables by which an operator says how upstreams are reached; nothing else gets through to children. */
const names = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'GOPROXY',
  'GOSUMDB',
  'GONOSUMDB',
  'GONOPROXY',
  'GOPRIVATE',
  'PIP_INDEX_URL',
  'PIP_EXTRA_INDEX_URL',
  'PIP_FIND_LINKS',
  'PIP_CERT',
  'SLIPWAY_DEBIAN_MIRROR',
  'SLIPWAY_DEBIAN_SECURITY_MIRROR',
] as const

const proxies = new Set<string>(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'])

export type UpstreamEnvironment = Readonly<Record<string, string>>

/** Picks what concerns upstreams out of an environment; proxies are given in both spellings, as tools differ. */
export function upstreamEnvironment(env: Readonly<Record<string, string | undefined>>): UpstreamEnvironment {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = env[name] ?? env[name.toLowerCase()]
    if (value === undefined || value === '') continue
    picked[name] = value
    if (proxies.has(name)) picked[name.toLowerCase()] = value
  }
  return picked
}
