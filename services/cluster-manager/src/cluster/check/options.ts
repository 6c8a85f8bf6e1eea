import ipaddr from 'ipaddr.js'
import type { Observed } from '../observed.ts'
import type { ClusterSpec } from '../spec.ts'
import type { Finding } from '../validate.ts'

/** Ports of the node's own: etcd, kubelet, kube-proxy, controller-manager, scheduler. */
const FIXED_PORTS = [2379, 2380, 2381, 10248, 10249, 10250, 10256, 10257, 10259]
const SIGNALS = [
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
  'imagefs.available',
  'imagefs.inodesFree',
  'containerfs.available',
  'containerfs.inodesFree',
  'pid.available',
]
const THRESHOLD = /^([0-9]+(\.[0-9]+)?%|[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)?)$/
const DNS_NAME = /^(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/
/** Folders that hold more than what a cluster puts there: delete empties a data folder. */
const NOT_OURS =
  /^\/(bin|boot|dev|etc|lib|lib64|proc|root|run|sbin|sys|tmp|usr)(\/|$)|^\/(var|home|opt|srv|mnt|media|data)$|^\/var\/(lib|log|cache|tmp|run|spool)$|^\/var\/lib\/(kubelet|slipway|dpkg|apt|systemd)(\/|$)/

/** Ports, names, folders and thresholds. */
export function* checkOptions(spec: ClusterSpec, { hosts }: Observed): Generator<Finding> {
  const sshPorts = [...hosts.values()].map(({ port }) => port)
  yield* checkPorts(spec, new Set([...FIXED_PORTS, ...sshPorts]))
  for (const [index, name] of spec.apiServer.extraSans.entries()) {
    if (name.length <= 253 && (DNS_NAME.test(name) || ipaddr.isValid(name))) continue
    const field = `spec.apiServer.extraSans[${index}]`
    yield invalid(
      field,
      `${quote(name)} is neither a DNS name nor an address`,
      'Write api.example.org or 10.0.0.5.',
    )
  }
  for (const [signal, threshold] of Object.entries(spec.kubelet.evictionHard)) {
    const field = `spec.kubelet.evictionHard.${signal}`
    if (!SIGNALS.includes(signal)) {
      yield invalid(field, 'is no eviction signal', `Take some of: ${SIGNALS.join(', ')}.`)
    } else if (!THRESHOLD.test(threshold)) {
      yield invalid(
        field,
        `${quote(threshold)} is no threshold`,
        'Write a quantity (100Mi) or a share (10%).',
      )
    }
  }
  yield* checkFolders(spec)
}

function* checkPorts({ apiServer, network }: ClusterSpec, taken: ReadonlySet<number>): Generator<Finding> {
  const field = 'spec.network.nodePortRange'
  const api = 'spec.apiServer.port'
  if (apiServer.port < 1 || apiServer.port > 65_535) {
    yield invalid(api, `${apiServer.port} is no port`, 'Take one from 1 to 65535; 6443 is usual.')
  } else if (taken.has(apiServer.port)) {
    yield invalid(
      api,
      `${apiServer.port} is used by the nodes themselves`,
      'Take another one; 6443 is usual.',
    )
  }
  const [low = 0, high = 0] = network.nodePortRange.split('-').map(Number)
  if (!(low >= 1 && high <= 65_535 && low <= high)) {
    const message = `${quote(network.nodePortRange)} is no range of ports`
    return yield invalid(field, message, 'Write the lower port, a hyphen and the higher one: 30000-32767.')
  }
  const clash = [apiServer.port, ...taken].find((port) => port >= low && port <= high)
  if (clash !== undefined) {
    const what = clash === apiServer.port ? 'the API server' : 'the nodes themselves'
    const message = `holds ${clash}, which is used by ${what}`
    yield { ...invalid(field, message, 'Take a range without it: 30000-32767.'), restsOn: [api] }
  }
}

function* checkFolders({ runtime, etcd }: ClusterSpec): Generator<Finding> {
  const folders = [
    ['spec.runtime.dataDir', runtime.dataDir],
    ['spec.etcd.dataDir', etcd.dataDir],
  ] as const
  for (const [field, folder] of folders) {
    const parts = folder.split('/').slice(1)
    const plain =
      folder.startsWith('/') && parts.every((part) => part !== '' && part !== '.' && part !== '..')
    if (!plain || folder === '/' || NOT_OURS.test(folder)) {
      const hint =
        'Take a folder of its own below /var/lib, /data or the like; deleting the cluster empties it.'
      yield invalid(field, `${quote(folder)} can't be a data folder`, hint)
    }
  }
  const inside = (a: string, b: string) => `${a}/`.startsWith(`${b}/`)
  if (inside(etcd.dataDir, runtime.dataDir) || inside(runtime.dataDir, etcd.dataDir)) {
    yield invalid('spec.etcd.dataDir', `lies together with ${runtime.dataDir}`, 'Take two folders apart.')
  }
}

function invalid(field: string, message: string, hint: string): Finding {
  return { code: 'Invalid', field, message, hint }
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
