/** What can be asked for while something dies. */
export const operations = [
  'create-cluster',
  'delete-cluster',
  'add-worker',
  'remove-worker',
  'label-node',
  'cordon-node',
  'drain-node',
  'refresh-host',
] as const
export type OperationName = (typeof operations)[number]

/** What can die. `everything` is every service, NATS and PostgreSQL at one stroke: a power cut without the hosts. */
export const targets = [
  'api-gateway',
  'cluster-manager',
  'ansible-runner',
  'repo-proxy',
  'nats',
  'postgres',
  'everything',
  'ansible-playbook',
  'host-network',
] as const
export type TargetName = (typeof targets)[number]

/** One fault: what is asked for, what dies, and when. */
export type Draw = {
  seed: number
  operation: OperationName
  target: TargetName
  /** Which of several alike: replicas of cluster-manager, hosts. */
  which: 0 | 1
  /** Counted from the request, or from when a step was seen to run. */
  moment: { after: string; delayMs: number }
  /** How long its supervisor takes to start it again. */
  downMs: number
}

/** Steps of each operation after which a fault may strike, with about how long each takes; `request` is the asking itself. */
const steps: Record<OperationName, Record<string, number>> = {
  'create-cluster': {
    request: 500,
    'check-hosts': 5_000,
    'prepare-nodes': 20_000,
    'start-control-plane': 15_000,
    'apply-network': 1_000,
    'join-workers': 10_000,
    'await-ready': 10_000,
  },
  'delete-cluster': { request: 500, 'reset-hosts': 10_000, 'release-hosts': 500 },
  'add-worker': {
    request: 500,
    'check-hosts': 4_000,
    'prepare-nodes': 15_000,
    'join-workers': 8_000,
    'await-ready': 5_000,
  },
  'remove-worker': { request: 500, 'drain-nodes': 3_000, 'leave-cluster': 1_000, 'reset-hosts': 8_000 },
  'label-node': { request: 500, 'update-nodes': 500 },
  'cordon-node': { request: 500, 'update-nodes': 500 },
  'drain-node': { request: 500, 'drain-nodes': 3_000 },
  'refresh-host': { request: 4_000 },
}

/** Short ones come often, so that many seeds are affordable. */
const weights: Record<OperationName, number> = {
  'create-cluster': 2,
  'delete-cluster': 2,
  'add-worker': 2,
  'remove-worker': 2,
  'label-node': 3,
  'cordon-node': 2,
  'drain-node': 3,
  'refresh-host': 4,
}

/** Those that start a playbook, or reach hosts at all. */
const playing = ['create-cluster', 'delete-cluster', 'add-worker', 'remove-worker', 'refresh-host']

/** Draws a fault from a seed, the same one each time. */
export function draw(seed: number): Draw {
  const random = numbersFrom(seed)
  const operation = pick(
    operations.flatMap((name) => Array.from({ length: weights[name] }, () => name)),
    random,
  )
  const target = pick(
    targets.filter((name) => name !== 'ansible-playbook' || playing.includes(operation)),
    random,
  )
  const [after, lengthMs] = pick(Object.entries(steps[operation]), random)
  return {
    seed,
    operation,
    target,
    which: random() < 0.5 ? 0 : 1,
    moment: { after, delayMs: Math.floor(random() * lengthMs) },
    downMs: Math.floor(200 + random() * 6_000),
  }
}

function pick<T>(things: readonly T[], random: () => number): T {
  const thing = things[Math.floor(random() * things.length)]
  if (thing === undefined) throw new TypeError('there is nothing to draw from')
  return thing
}

/** Mulberry32: small, and the same on every machine. */
function numbersFrom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
