import type { V1CertificateSigningRequest, V1Deployment } from '@kubernetes/client-node'
import { asking, type Connection, connectCluster, statusOf } from './client.ts'
import { type ClusterAddress, clientKubeconfig, readKubeconfig } from './kubeconfig.ts'
import { type NodeStatus, nodeStatus } from './node.ts'
import { type ServingRequest, servingRequest } from './serving.ts'
import { type BootstrapToken, TOKEN_TYPE, tokenName, tokenSecret } from './token.ts'
import { until } from './until.ts'
import { userRequest } from './user-request.ts'

/** An object of Kubernetes as a manifest has it. */
export type KubeObject = {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string> }
} & Record<string, unknown>

/** What Slipway does at a cluster's API server. */
export type Kube = {
  /** Server-side apply as field manager `slipway`; twice is the same as once. */
  apply: (objects: readonly KubeObject[]) => Promise<void>
  nodes: () => Promise<NodeStatus[]>
  labelNode: (name: string, labels: Record<string, string>) => Promise<void>
  /** Replicas wished for and available of a deployment. */
  deployment: (
    namespace: string,
    name: string,
  ) => Promise<{ wished: number; available: number; said: string }>
  /** Makes a token that joining nodes may show until it expires; answers the secret of the one of that id that was there. */
  keepToken: (token: BootstrapToken, expiresAt: Date) => Promise<string>
  /** Deletes every bootstrap token but one. */
  deleteTokens: (options: { except?: string }) => Promise<void>
  servingRequests: () => Promise<ServingRequest[]>
  approve: (request: string, reason: string) => Promise<void>
  /** A kubeconfig for a person by CSR; `seconds` 600 at least, as the signer takes no less. */
  createUserKubeconfig: (wish: {
    cluster: string
    name: string
    group: string
    seconds: number
    signal: AbortSignal
  }) => Promise<{ kubeconfig: string; expiresAt: Date }>
  close: () => Promise<void>
}

const MANAGER = 'slipway'
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client'

/** Opens the API server with the rights of a kubeconfig. Every request ends when `signal` aborts. */
export async function openKube(options: {
  kubeconfig: string
  at: ClusterAddress
  now: () => Date
  signal?: AbortSignal
}): Promise<Kube> {
  const { kubeconfig, at, now, signal } = options
  const connection = await connectCluster(kubeconfig, at, signal)
  const { library, objects } = connection
  const core = connection.of(library.CoreV1Api)
  const apps = connection.of(library.AppsV1Api)
  const certificates = connection.of(library.CertificatesV1Api)
  const { ServerSideApply } = library.PatchStrategy

  return {
    apply: (wished) =>
      asking('applying objects', async () => {
        for (const object of wished) {
          await objects.patch(object, undefined, undefined, MANAGER, true, ServerSideApply)
        }
      }),
    nodes: () =>
      asking('reading nodes', async () => {
        const { items } = await core.listNode()
        const readAt = now()
        return items.map((item) => nodeStatus(item, readAt))
      }),
    labelNode: (name, labels) =>
      asking(`labelling node ${name}`, async () => {
        const object = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } }
        await objects.patch(object, undefined, undefined, MANAGER, true, ServerSideApply)
      }),
    deployment: (namespace, name) =>
      asking(`reading deployment ${name}`, async () =>
        availability(await apps.readNamespacedDeployment({ namespace, name })),
      ),
    keepToken: (token, expiresAt) =>
      asking('making a bootstrap token', () => keepToken(connection, token, expiresAt)),
    deleteTokens: ({ except }) => asking('deleting bootstrap tokens', () => deleteTokens(connection, except)),
    servingRequests: () =>
      asking('reading certificate requests', async () => {
        const { items } = await certificates.listCertificateSigningRequest()
        return items.flatMap((item) => servingRequest(item) ?? [])
      }),
    approve: (name, reason) =>
      asking(`approving ${name}`, async () => {
        const body = await certificates.readCertificateSigningRequest({ name })
        await certificates.replaceCertificateSigningRequestApproval({ name, body: approved(body, reason) })
      }),
    createUserKubeconfig: ({ cluster, name, group, seconds, signal }) =>
      asking('making a kubeconfig', async () => {
        const { key, request } = await userRequest({ name, group })
        const body = await certificates.createCertificateSigningRequest({
          body: {
            metadata: { generateName: 'slipway-' },
            spec: {
              request: Buffer.from(request).toString('base64'),
              signerName: CLIENT_SIGNER,
              usages: ['client auth'],
              expirationSeconds: seconds,
            },
          },
        })
        const csr = body.metadata?.name ?? ''
        const expiresAt = new Date(now().getTime() + seconds * 1000)
        try {
          const reason = 'asked for by an authorised person'
          await certificates.replaceCertificateSigningRequestApproval({
            name: csr,
            body: approved(body, reason),
          })
          const certificate = await until(
            async () => (await certificates.readCertificateSigningRequest({ name: csr })).status?.certificate,
            { signal, everyMs: 100 },
          )
          const { authority } = readKubeconfig(kubeconfig)
          const access = { authority, certificate: Buffer.from(certificate, 'base64').toString(), key }
          return { kubeconfig: clientKubeconfig({ cluster, user: name, at, access }), expiresAt }
        } finally {
          await certificates.deleteCertificateSigningRequest({ name: csr }).catch(() => {})
        }
      }),
    close: connection.close,
  }
}

const TOKENS = { namespace: 'kube-system' }

async function keepToken(
  { of, library }: Connection,
  token: BootstrapToken,
  expiresAt: Date,
): Promise<string> {
  const core = of(library.CoreV1Api)
  const body = tokenSecret(token, expiresAt)
  try {
    await core.createNamespacedSecret({ ...TOKENS, body })
    return token.secret
  } catch (error) {
    if (statusOf(error) !== 409) throw error
    const known = await core.readNamespacedSecret({ ...TOKENS, name: body.metadata.name })
    return Buffer.from(known.data?.['token-secret'] ?? '', 'base64').toString()
  }
}

async function deleteTokens({ of, library }: Connection, except: string | undefined): Promise<void> {
  const core = of(library.CoreV1Api)
  const { items } = await core.listNamespacedSecret({ ...TOKENS, fieldSelector: `type=${TOKEN_TYPE}` })
  for (const { metadata } of items) {
    const name = metadata?.name ?? ''
    if (name === tokenName(except ?? '')) continue
    await core.deleteNamespacedSecret({ ...TOKENS, name }).catch((error) => {
      if (statusOf(error) !== 404) throw error
    })
  }
}

function availability({ spec, status }: V1Deployment) {
  const said = (status?.conditions ?? []).map(({ message }) => message ?? '').filter(Boolean)
  return { wished: spec?.replicas ?? 1, available: status?.availableReplicas ?? 0, said: said.join('; ') }
}

function approved(body: V1CertificateSigningRequest, message: string): V1CertificateSigningRequest {
  const condition = { type: 'Approved', status: 'True', reason: 'ApprovedBySlipway', message }
  return { ...body, status: { ...body.status, conditions: [...(body.status?.conditions ?? []), condition] } }
}
