/** What can be asked for while something dies. */
const operations = [
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

/**
 * What can die. `everything` is every service, NATS and PostgreSQL at one stroke: a power cut without the hosts. The
 * all-in-one dies alone: its NATS and PostgreSQL are left behind for the next one.
 */
export const targets = [
  'api-gateway',
  'cluster-manager',
  'ansible-runner',
  'repo-proxy',
  'nats',
  'postgres',
  'everything',
  'all-in-one',
  'ansible-playbook',
  'host-network',
] as const
type TargetName = (typeof targets)[number]

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
    'apply-addons': 500,
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
  'remove-worker': { request: 500, 'drain-nodes': 3_000, 'reset-hosts': 8_000, 'leave-cluster': 500 },
  'label-node': { request: 300, 'update-nodes': 100 },
  'cordon-node': { request: 300, 'update-nodes': 100 },
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

/** Steps that start a playbook; a refresh does so at once. */
const playing = ['check-hosts', 'prepare-nodes', 'start-control-plane', 'join-workers', 'reset-hosts']

/**
 * Draws a fault from a seed, the same one each time. Of as many seeds as there are targets each strikes another one, so
 * that a few seeds leave none out.
 */
export function draw(seed: number): Draw {
  const random = numbersFrom(seed)
  const target = targetOf(seed)
  const operation = pick(
    operations
      .filter((name) => momentsOf(name, target).length > 0)
      .flatMap((name) => Array.from({ length: weights[name] }, () => name)),
    random,
  )
  const [after, lengthMs] = pick(momentsOf(operation, target), random)
  return {
    seed,
    operation,
    target,
    which: random() < 0.5 ? 0 : 1,
    moment: { after, delayMs: Math.floor(random() * lengthMs) },
    downMs: Math.floor(200 + random() * 6_000),
  }
}

function targetOf(seed: number): TargetName {
  const [round, place] = [Math.floor(seed / targets.length), seed % targets.length]
  const random = numbersFrom(-1 - round)
  const left: TargetName[] = [...targets]
  const order = targets.map(() => {
    const name = pick(left, random)
    left.splice(left.indexOf(name), 1)
    return name
  })
  return order[place] ?? targets[0]
}

function momentsOf(operation: OperationName, target: TargetName): [step: string, lengthMs: number][] {
  const all = Object.entries(steps[operation])
  if (target !== 'ansible-playbook') return all
  return all.filter(([step]) => playing.includes(step) || operation === 'refresh-host')
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
