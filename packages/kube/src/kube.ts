import type { V1CertificateSigningRequest, V1Deployment } from '@kubernetes/client-node'
import { asking, type Connection, connectCluster, MANAGER, statusOf } from './client.ts'
import { type Drained, type DrainWish, drain } from './drain/drain.ts'
import type { DrainOptions } from './drain/judge.ts'
import { type PodOnNode, podsOn } from './drain/pod.ts'
import { type DrainPreview, drainPreview } from './drain/preview.ts'
import { type ClusterAddress, clientKubeconfig, readKubeconfig } from './kubeconfig.ts'
import { type Nodes, nodesAt } from './node/nodes.ts'
import { everyPage } from './page.ts'
import { SERVING_SIGNER, type ServingRequest, servingRequest } from './serving.ts'
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
export type Kube = Nodes & {
  /** Server-side apply as field manager `slipway`; twice is the same as once. */
  apply: (objects: readonly KubeObject[]) => Promise<void>
  podsOn: (node: string) => Promise<PodOnNode[]>
  /** Moves the pods of a node away; see `drain`. */
  drain: (node: string, wish: DrainWish) => Promise<Drained>
  /** What a drain would do now; changes nothing. */
  drainPreview: (node: string, options: DrainOptions) => Promise<DrainPreview>
  /** Replicas wished for and available of a deployment. */
  deployment: (
    namespace: string,
    name: string,
  ) => Promise<{ wished: number; available: number; said: string }>
  /** Makes a token that joining nodes may show until it expires; answers the secret of the one of that id that was there. */
  keepToken: (token: BootstrapToken, expiresAt: Date) => Promise<string>
  /** Deletes every bootstrap token but one. */
  deleteTokens: (options: { except?: string }) => Promise<void>
  /** What kubelets ask for, and no other request. */
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
  const apps = connection.of(library.AppsV1Api)
  const certificates = connection.of(library.CertificatesV1Api)
  const { ServerSideApply } = library.PatchStrategy

  const nodes = nodesAt(connection, now)

  return {
    ...nodes,
    apply: (wished) =>
      asking('applying objects', async () => {
        for (const object of wished) {
          await objects.patch(object, undefined, undefined, MANAGER, true, ServerSideApply)
        }
      }),
    podsOn: (node) => podsOn(connection, node),
    drain: (node, wish) => drain({ connection, now, cordon: nodes.cordon }, node, wish),
    drainPreview: (node, options) => drainPreview(connection, node, options),
    deployment: (namespace, name) =>
      asking(`reading deployment ${name}`, async () =>
        availability(await apps.readNamespacedDeployment({ namespace, name })),
      ),
    keepToken: (token, expiresAt) =>
      asking('making a bootstrap token', () => keepToken(connection, token, expiresAt)),
    deleteTokens: ({ except }) => asking('deleting bootstrap tokens', () => deleteTokens(connection, except)),
    servingRequests: () =>
      asking('reading certificate requests', async () => {
        const fieldSelector = `spec.signerName=${SERVING_SIGNER}`
        const items = await everyPage((page) =>
          certificates.listCertificateSigningRequest({ ...page, fieldSelector }),
        )
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
