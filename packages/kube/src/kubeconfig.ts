import { createHash, X509Certificate } from 'node:crypto'
import { invalid } from '@slipway/errors'
import { parse, stringify } from 'yaml'

/** How an API server is reached: at an address, while its certificate shows `serverName`. */
export type ClusterAddress = { address: string; port: number; serverName: string }

/** What a kubeconfig of one cluster and one user holds, as PEM texts. */
export type Access = { authority: string; certificate: string; key: string }

type File = {
  clusters?: { cluster?: Record<string, string> }[]
  users?: { user?: Record<string, string> }[]
}

/** Reads the only cluster and user of a kubeconfig whose certificates stand in it (kubeadm's do). */
export function readKubeconfig(text: string): Access {
  const file = parse(text) as File | null
  const decode = (value: string | undefined) => Buffer.from(value ?? '', 'base64').toString()
  const cluster = file?.clusters?.[0]?.cluster
  const user = file?.users?.[0]?.user
  const access = {
    authority: decode(cluster?.['certificate-authority-data']),
    certificate: decode(user?.['client-certificate-data']),
    key: decode(user?.['client-key-data']),
  }
  if (Object.values(access).some((part) => part === '')) {
    const hint = 'Take one that kubeadm wrote: its certificates stand in the file.'
    throw invalid([{ field: 'kubeconfig', message: 'lacks a certificate or a key', hint }])
  }
  return access
}

/** A kubeconfig that logs in with a client certificate. */
export function clientKubeconfig(options: {
  cluster: string
  user: string
  at: ClusterAddress
  access: Access
}): string {
  const { cluster, user, at, access } = options
  const encode = (text: string) => Buffer.from(text).toString('base64')
  const context = `${user}@${cluster}`
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: cluster,
        cluster: {
          server: serverOf(at),
          'tls-server-name': at.serverName,
          'certificate-authority-data': encode(access.authority),
        },
      },
    ],
    users: [
      {
        name: user,
        user: {
          'client-certificate-data': encode(access.certificate),
          'client-key-data': encode(access.key),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster, user } }],
    'current-context': context,
  })
}

/** The URL of an API server. */
export function serverOf({ address, port }: ClusterAddress): string {
  return `https://${address}:${port}`
}

/** What kubeadm wants of a cluster's authority when it joins: `sha256:` and the digest of its public key. */
export function authorityHash(authority: string): string {
  const key = new X509Certificate(authority).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}
