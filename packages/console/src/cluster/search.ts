const steps = ['hosts', 'network', 'rest', 'review'] as const
const tabs = ['overview', 'nodes', 'spec', 'operations', 'kubeconfig', 'danger'] as const
const acts = ['add', 'cordon', 'uncordon', 'label', 'drain', 'remove'] as const

/** What the address of the wizard keeps: its page, and whether it is shown as YAML. */
export type NewClusterSearch = { step?: (typeof steps)[number]; view?: 'yaml' }

/** What the address of a cluster keeps: the tab, chosen nodes and what is to be done with them, pages of operations. */
export type ClusterSearch = {
  tab?: (typeof tabs)[number]
  chosen?: string[]
  act?: (typeof acts)[number]
  before?: string[]
}

type Raw = Record<string, unknown>

/** Reads the address of the wizard. */
export function newClusterSearch({ step, view }: Raw): NewClusterSearch {
  const known = steps.find((one) => one === step)
  return { ...(known && { step: known }), ...(view === 'yaml' && { view }) }
}

/** Reads the address of a cluster. */
export function clusterSearch({ tab, chosen, act, before }: Raw): ClusterSearch {
  const [knownTab, knownAct] = [tabs.find((one) => one === tab), acts.find((one) => one === act)]
  return {
    ...(knownTab && { tab: knownTab }),
    ...(texts(chosen) && { chosen: texts(chosen) }),
    ...(knownAct && { act: knownAct }),
    ...(texts(before) && { before: texts(before) }),
  }
}

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined
}
