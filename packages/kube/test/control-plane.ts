import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connect } from 'node:tls'
import { freePort } from '@slipway/embedded'
import { precondition } from '@slipway/errors'
import { type Child, run, start, stop } from '@slipway/process'
import type { ClusterAddress } from '../src/kubeconfig.ts'

/** A real API server on loopback with etcd and the controllers that sign certificates; no node, no kubelet. */
export type TestControlPlane = {
  at: ClusterAddress
  /** Text of super-admin.conf. */
  superAdmin: string
  /** What the API server accepts beside it, by kubeadm's names: admin.conf. */
  file: (name: string) => Promise<string>
  /** Runs kubectl as the administrator. */
  kubectl: (...args: string[]) => Promise<string>
  /** Applies an object. */
  apply: (object: object) => Promise<void>
  /** Shows more DNS names in its certificate: one API server may then serve as that of many clusters. */
  answerTo: (names: readonly string[]) => Promise<void>
  /** Says what no kubelet or controller is there to say. */
  patchStatus: (kind: string, name: string, status: object, ...args: string[]) => Promise<void>
  stop: () => Promise<void>
}

const VERSION = '1.36.3'
const ETCD = '3.6.8'
const READY_MS = 60_000
const SERVER_NAME = 'api.test.slipway.internal'

/** Starts one out of the cache's binaries, no root needed; about six seconds. More controllers by their names. */
export async function startControlPlane({
  controllers = [],
  below = tmpdir(),
}: {
  controllers?: string[]
  /** The folder that its own is made in. */
  below?: string
} = {}): Promise<TestControlPlane> {
  const cache = process.env.SLIPWAY_CACHE ?? join(homedir(), '.cache/slipway')
  const bin = (component: string, version: string, name: string) =>
    join(cache, 'artifacts', component, version, 'linux-amd64', name)
  const kube = (name: string) => bin('kubernetes', VERSION, name)
  const dir = await mkdtemp(join(below, 'slipway-control-plane-'))
  const [port, etcdPort, peerPort, managerPort] = await Promise.all([1, 2, 3, 4].map(() => freePort()))
  const children: Child[] = []
  const end = async () => {
    for (const child of children.reverse()) await stop(child)
    await rm(dir, { recursive: true, force: true })
  }
  try {
    const configuration = join(dir, 'kubeadm.json')
    await writeFile(configuration, JSON.stringify(kubeadmConfiguration(dir, port ?? 0)))
    for (const phase of ['certs', 'kubeconfig']) {
      const folder = phase === 'certs' ? [] : ['--kubeconfig-dir', dir]
      await run([kube('kubeadm'), 'init', 'phase', phase, 'all', '--config', configuration, ...folder])
    }
    const pki = (name: string) => join(dir, 'pki', name)
    const etcd = `http://127.0.0.1:${etcdPort}`
    const peer = `http://127.0.0.1:${peerPort}`
    children.push(
      start([
        bin('etcd', ETCD, 'etcd'),
        ...flags({
          'data-dir': join(dir, 'etcd'),
          'listen-client-urls': etcd,
          'advertise-client-urls': etcd,
          'listen-peer-urls': peer,
          'initial-advertise-peer-urls': peer,
          'initial-cluster': `default=${peer}`,
          'unsafe-no-fsync': 'true',
        }),
      ]),
      start([
        kube('kube-apiserver'),
        ...flags({
          'bind-address': '127.0.0.1',
          'secure-port': String(port),
          'advertise-address': '127.0.0.1',
          'etcd-servers': etcd,
          'authorization-mode': 'Node,RBAC',
          'client-ca-file': pki('ca.crt'),
          'tls-cert-file': pki('apiserver.crt'),
          'tls-private-key-file': pki('apiserver.key'),
          'service-account-issuer': 'https://kubernetes.default.svc',
          'service-account-key-file': pki('sa.pub'),
          'service-account-signing-key-file': pki('sa.key'),
          'service-cluster-ip-range': '10.96.0.0/16',
          'enable-bootstrap-token-auth': 'true',
        }),
      ]),
      start([
        kube('kube-controller-manager'),
        ...flags({
          kubeconfig: join(dir, 'super-admin.conf'),
          'bind-address': '127.0.0.1',
          'secure-port': String(managerPort),
          'leader-elect': 'false',
          controllers: ['certificatesigningrequest-signing-controller', ...controllers].join(','),
          'cluster-signing-cert-file': pki('ca.crt'),
          'cluster-signing-key-file': pki('ca.key'),
        }),
      ]),
    )
    const file = (name: string) => readFile(join(dir, name), 'utf8')
    const kubectl = async (...args: string[]) => {
      const argv = [kube('kubectl'), '--kubeconfig', join(dir, 'super-admin.conf'), ...args]
      return (await run(argv, { cwd: dir })).stdout
    }
    await answers(kubectl, children)
    const at = { address: '127.0.0.1', port: port ?? 0, serverName: SERVER_NAME }
    return {
      ...{ at, file, kubectl, stop: end, superAdmin: await file('super-admin.conf') },
      answerTo: (names) => answerTo(kube('kubeadm'), { dir, port: port ?? 0, names }),
      apply: async (object) => {
        const argv = [kube('kubectl'), '--kubeconfig', join(dir, 'super-admin.conf'), 'apply', '-f', '-']
        await run(argv, { cwd: dir, input: JSON.stringify(object) })
      },
      patchStatus: async (kind, name, status, ...args) => {
        const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]
        await kubectl('patch', kind, name, ...patch, ...args)
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** Has kubeadm write another certificate; the API server takes a changed file by itself. */
async function answerTo(
  kubeadm: string,
  { dir, port, names }: { dir: string; port: number; names: readonly string[] },
): Promise<void> {
  const made = await mkdtemp(join(dir, 'certificate-'))
  for (const name of ['ca.crt', 'ca.key']) await copyFile(join(dir, 'pki', name), join(made, name))
  const configuration = join(made, 'kubeadm.json')
  await writeFile(
    configuration,
    JSON.stringify({ ...kubeadmConfiguration(dir, port, names), certificatesDir: made }),
  )
  await run([kubeadm, 'init', 'phase', 'certs', 'apiserver', '--config', configuration])
  for (const name of ['apiserver.key', 'apiserver.crt']) {
    await rename(join(made, name), join(dir, 'pki', name))
  }
  await rm(made, { recursive: true })
  await showsName(port, await readFile(join(dir, 'pki/ca.crt'), 'utf8'), names.at(-1) ?? SERVER_NAME)
}

/** Resolves when the API server shows a certificate with the name. */
async function showsName(port: number, ca: string, servername: string): Promise<void> {
  for (const until = Date.now() + READY_MS; Date.now() < until; await pause(20)) {
    const socket = connect({ host: '127.0.0.1', port, ca, servername })
    const fits = await new Promise<boolean>((resolve) => {
      socket.once('secureConnect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (fits) return
  }
  const hint = "Read the API server's log for dynamic_serving_content."
  throw precondition([{ field: 'test control plane', message: `does not show ${servername}`, hint }])
}

function kubeadmConfiguration(dir: string, port: number, names: readonly string[] = []) {
  return {
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'ClusterConfiguration',
    kubernetesVersion: `v${VERSION}`,
    certificatesDir: join(dir, 'pki'),
    controlPlaneEndpoint: `127.0.0.1:${port}`,
    apiServer: { certSANs: ['127.0.0.1', SERVER_NAME, ...names] },
  }
}

function flags(values: Record<string, string>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`)
}

async function answers(
  kubectl: (...args: string[]) => Promise<string>,
  children: readonly Child[],
): Promise<void> {
  const deadline = Date.now() + READY_MS
  let died = ''
  for (const child of children) {
    void child.ended.then(({ stderr }) => {
      died ||= stderr.split('\n').slice(-5).join('\n')
    })
  }
  for (;;) {
    const said = await kubectl('get', '--raw', '/readyz').catch(() => '')
    if (said === 'ok') return
    if (died || Date.now() > deadline) {
      const message = `did not start: ${died || 'no answer'}`
      throw precondition([{ field: 'test control plane', message, hint: 'Read the words above.' }])
    }
    await pause(200)
  }
}
