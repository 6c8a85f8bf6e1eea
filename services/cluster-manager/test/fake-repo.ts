import { readFile } from 'node:fs/promises'
import { type RepoServiceServer, RepoServiceService } from '@slipway/contracts/repo/v1/repo_service'
import { implement, serve } from '@slipway/rpc'
import { seal } from '@slipway/secrets'
import { readMaterial } from '@slipway/service'
import { createLog } from '@slipway/telemetry'
import type { Platform } from '@slipway/testing'

/** A RepoService that stores nothing: it has one release, and gives and takes pull tokens. */
export type FakeRepo = {
  address: string
  /** Holders of tokens that are valid. */
  holders: Set<string>
  patterns: string[]
  stop: () => Promise<void>
}

const file = (path: string, bytes: number) => ({
  ...{ component: 'c', path, mode: '0755', url: path.slice(1), sha256: 'a'.repeat(64), bytes },
})
const image = (repository: string, tag: string, role: string) => ({
  ...{ repository, tag, role, digest: `sha256:${'b'.repeat(64)}`, bytes: 10 * 2 ** 20 },
})
const platformPart = {
  files: [file('/usr/local/bin/kubelet', 50 * 2 ** 20)],
  images: [
    image('registry.k8s.io/etcd', '3.6.8-0', 'control-plane'),
    image('registry.k8s.io/pause', '3.10.2', 'all'),
    image('registry.k8s.io/coredns/coredns', 'v1.14.2', 'addon'),
    image('ghcr.io/flannel-io/flannel', 'v0.28.0', 'addon'),
    image('registry.k8s.io/e2e-test-images/agnhost', '2.63.0', 'proof'),
  ],
  packages: { repository: 'debian-12', names: ['socat'], debs: [] },
}

/** Starts one on loopback with repo-proxy's own certificate. */
export async function startFakeRepo(
  platform: Platform,
  kubernetes: string,
  pullToken = 'pull',
): Promise<FakeRepo> {
  const foundation = platform.foundation('repo-proxy')
  const { tls, publicKeys } = await readMaterial('repo-proxy', foundation)
  const holders = new Set<string>()
  const patterns: string[] = []
  const resolved = { schema: 1, kubernetes, components: {}, platforms: { 'debian-12-amd64': platformPart } }
  const service = implement<RepoServiceServer>(RepoServiceService, {
    getEndpoint: async () => ({
      ...{ baseUrl: 'https://127.0.0.1:1', name: 'repo.slipway.internal', addresses: ['192.0.2.1'], port: 1 },
      ...{ ca: await readFile(foundation.files.ca, 'utf8'), aptKey: 'key' },
    }),
    createPullToken: async ({ project, holder, repositories }) => {
      holders.add(holder)
      patterns.push(...repositories)
      const where = { project, object: holder, field: 'pull_token' }
      return { sealedToken: await seal(publicKeys, 'ansible-runner', pullToken, where) }
    },
    revokePullToken: async ({ holder }) => {
      holders.delete(holder)
      return {}
    },
    listReleases: async () => ({ releases: [{ name: kubernetes, resolvedJson: JSON.stringify(resolved) }] }),
  })
  const log = createLog('fake-repo', 'warn')
  const server = await serve({ listen: '127.0.0.1:0', tls, services: [service], log })
  return { address: server.address, holders, patterns, stop: server.stop }
}
