/** The pages of the wizard. */
export const steps = ['hosts', 'network', 'rest', 'review'] as const
export type StepName = (typeof steps)[number]

/** The parts of a cluster's page. */
export const tabs = [
  'overview',
  'nodes',
  'spec',
  'operations',
  'events',
  'kubeconfig',
  'access',
  'danger',
] as const
export type Tab = (typeof tabs)[number]

/** What events of a cluster are about. */
export const nouns = ['cluster', 'operation', 'node', 'host'] as const

/** What can be done with nodes. */
const acts = ['add', 'cordon', 'uncordon', 'label', 'drain', 'remove'] as const

/** What the address of the wizard keeps: its page, and whether it is shown as YAML. */
export type NewClusterSearch = { step?: StepName; view?: 'yaml' }

/**
 * What the address of a cluster keeps: the tab, chosen nodes and what is to be done with them, pages of lists, which version of
 * the spec is shown, which one it is compared with, and which events are.
 */
export type ClusterSearch = {
  tab?: Tab
  chosen?: string[]
  act?: (typeof acts)[number]
  before?: string[]
  from?: number
  to?: number
  noun?: (typeof nouns)[number]
}

type Raw = Record<string, unknown>

/** Reads the address of the wizard. */
export function newClusterSearch({ step, view }: Raw): NewClusterSearch {
  const known = steps.find((one) => one === step)
  return { ...(known && { step: known }), ...(view === 'yaml' && { view }) }
}

/** Reads the address of a cluster. */
export function clusterSearch({ tab, chosen, act, before, from, to, noun }: Raw): ClusterSearch {
  const [knownTab, knownAct] = [tabs.find((one) => one === tab), acts.find((one) => one === act)]
  const knownNoun = nouns.find((one) => one === noun)
  return {
    ...(knownTab && { tab: knownTab }),
    ...(texts(chosen) && { chosen: texts(chosen) }),
    ...(knownAct && { act: knownAct }),
    ...(texts(before) && { before: texts(before) }),
    ...(isCount(from) && { from }),
    ...(isCount(to) && { to }),
    ...(knownNoun && { noun: knownNoun }),
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined
}
