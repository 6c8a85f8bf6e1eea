/** What a host says about itself, bounded: it is data from a machine that may lie. */
export type Facts = {
  /** debian-12. */
  platform: string
  osName: string
  kernel: string
  /** amd64, arm64. */
  architecture: string
  cpus: number
  memoryMib: number
  hostname: string
  machineId: string
  /** Seconds that the host's clock is ahead of Slipway's. */
  clockOffsetSeconds: number
  cgroupVersion: number
  pythonVersion: string
  swap: boolean
  disks: { name: string; sizeGib: number; rotational: boolean; model: string }[]
  interfaces: { name: string; mac: string; mtu: number; state: string; addresses: string[] }[]
  routes: { destination: string; gateway: string; interface: string }[]
  /** Vendor and device id with the slot: `10de:1eb8 at 0000:3b:00.0`. */
  gpus: string[]
  mounts: { path: string; freeMib: number; sizeMib: number }[]
  virtualization: string
  /** Why sudo did not work; '' when it did. Some facts are read without it, a node can't be made. */
  sudoProblem: string
}

/** When a host was asked for its time, by our clock. `resultAt` is when its answer came, where that is known. */
export type Asked = { startedAt: Date; endedAt: Date; resultAt: Date | undefined }

const MIB = 2 ** 20
const GIB = 2 ** 30

/**
 * Reads what infra/ansible's module host_facts answered; undefined when it is no such answer. What is missing or of
 * another kind becomes empty, as a newer or older module must not lose the rest.
 */
export function readFacts(json: string, asked: Asked): Facts | undefined {
  const answer = parse(json)
  const said = answer && object(answer.slipway_facts ?? answer.slipway_result ?? answer.facts ?? answer)
  if (!said || typeof said.machine_id !== 'string') return undefined
  const os = object(said.os)
  return {
    platform: [text(os.id), text(os.version)].filter(Boolean).join('-'),
    osName: text(os.pretty),
    kernel: text(said.kernel),
    architecture: text(said.architecture),
    cpus: count(said.cpus),
    memoryMib: count(said.memory_mib),
    hostname: text(said.host_name),
    machineId: text(said.machine_id),
    clockOffsetSeconds: clockOffset(said.epoch, asked),
    cgroupVersion: count(said.cgroup_version),
    pythonVersion: text(said.python_version),
    swap: list(said.swap).length > 0,
    disks: list(said.disks, MOST_DEVICES).map(object).map(disk),
    interfaces: list(said.network_cards).map(object).map(networkCard),
    routes: list(said.routes).map(object).map(route),
    gpus: list(said.gpus, MOST_DEVICES).map(object).map(gpu),
    mounts: list(said.mounts, MOST_DEVICES).map(object).map(mount),
    virtualization: text(said.virtualisation),
    sudoProblem: sudoProblem(object(said.sudo)),
  }
}

/**
 * How far a host's clock is ahead, in seconds. It reads its clock as the last thing it does, and the runner notes when
 * that answer came: their difference is right to the connection's delay, some tenths of a second. Without that note
 * only the run's bounds are known: the smallest offset that explains the reading is taken, so that a slow run never
 * makes a good clock look wrong.
 */
export function clockOffset(epoch: unknown, { startedAt, endedAt, resultAt }: Asked): number {
  if (typeof epoch !== 'number' || !Number.isFinite(epoch)) return 0
  const seconds = (date: Date) => date.getTime() / 1000
  if (resultAt) return round(epoch - seconds(resultAt))
  if (epoch > seconds(endedAt)) return round(epoch - seconds(endedAt))
  if (epoch < seconds(startedAt)) return round(epoch - seconds(startedAt))
  return 0
}

/** Facts as they were stored by an earlier Slipway, which may have known less. */
export function storedFacts(stored: unknown): Facts | undefined {
  if (stored === null || typeof stored !== 'object') return undefined
  return { ...nothing, ...stored }
}

const nothing: Facts = {
  platform: '',
  osName: '',
  kernel: '',
  architecture: '',
  cpus: 0,
  memoryMib: 0,
  hostname: '',
  machineId: '',
  clockOffsetSeconds: 0,
  cgroupVersion: 0,
  pythonVersion: '',
  swap: false,
  disks: [],
  interfaces: [],
  routes: [],
  gpus: [],
  mounts: [],
  virtualization: '',
  sudoProblem: '',
}

type Said = Record<string, unknown>

const disk = (said: Said) => ({
  name: text(said.name),
  sizeGib: count(said.bytes, GIB),
  rotational: said.rotational === true,
  model: text(said.model),
})
const networkCard = (said: Said) => ({
  name: text(said.name),
  mac: text(said.mac),
  mtu: count(said.mtu),
  state: text(said.state),
  addresses: list(said.addresses, MOST_DEVICES).map(text),
})
const route = (said: Said) => ({
  destination: text(said.destination),
  gateway: text(said.gateway),
  interface: text(said.device),
})
const gpu = (said: Said) => {
  const [vendor, device] = [said.vendor, said.device].map((id) => text(id).replace(/^0x/, ''))
  return `${vendor}:${device} at ${text(said.slot)}`
}
const sudoProblem = (said: Said) =>
  said.works === false ? text(said.problem) || 'sudo did not work, without a word' : ''
const mount = (said: Said) => ({
  path: text(said.path),
  freeMib: count(said.free_bytes, MIB),
  sizeMib: count(said.bytes, MIB),
})

const LONGEST_TEXT = 256
// A busy node has an interface for each pod and a route for each other node.
const LONGEST_LIST = 1_000
const MOST_DEVICES = 64
const LARGEST_COUNT = 2 ** 32 - 1

function parse(json: string): Said | undefined {
  try {
    return object(JSON.parse(json))
  } catch {
    return undefined
  }
}

function object(value: unknown): Said {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Said) : {}
}

function list(value: unknown, most = LONGEST_LIST): unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : []
}

/** Printable characters only: PostgreSQL takes no zero byte, and a terminal that shows a list takes no escapes. */
function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT).replaceAll(/\p{Cc}|\p{Cs}/gu, '') : ''
}

function count(value: unknown, unit = 1): number {
  if (typeof value !== 'number' || !(value > 0)) return 0
  return Math.min(Math.floor(value / unit), LARGEST_COUNT)
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100
}
