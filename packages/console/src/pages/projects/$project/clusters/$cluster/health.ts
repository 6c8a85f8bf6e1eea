import type { Cluster, Node } from '../../../../../cluster/queries.ts'
import type { Say } from '../../../../../words/words.ts'
import type { words } from './words.ts'

/** Something that a person should know of a cluster, and what to do about it. */
export type Ill = { tone: 'bad' | 'warn'; what: string; next: string }

type Key = keyof (typeof words)['texts']['en']

/** What a node says against itself: not ready first, then what it is short of. */
export function troubles({ conditions }: Pick<Node, 'conditions'>): Node['conditions'] {
  return conditions.filter(({ type, status }) => (type === 'Ready' ? status !== 'True' : status === 'True'))
}

/** Everything that is not as it should be, with its reason, the worst first. */
export function illsOf(cluster: Cluster, nodes: readonly Node[], say: Say<Key>): Ill[] {
  const wanted = cluster.kubernetesVersion
  const known = new Set(nodes.map(({ name }) => name))
  const missing = (cluster.spec?.nodes ?? []).filter(({ name = '' }) => !known.has(name))
  const bad = nodes.flatMap((node) =>
    troubles(node).map(({ type, reason, message }): Ill => {
      const { name } = node
      const why = [reason, message].filter(Boolean).join(': ')
      return type === 'Ready'
        ? { tone: 'bad', what: say('notReady', { name, reason: why }), next: say('notReadyNext') }
        : { tone: 'warn', what: say('pressure', { name, type: `${type} ${why}` }), next: say('pressureNext') }
    }),
  )
  return [
    ...missing.map(
      ({ name = '' }): Ill => ({ tone: 'bad', what: say('missing', { name }), next: say('missingNext') }),
    ),
    ...bad.toSorted((one, other) => one.tone.localeCompare(other.tone)),
    ...nodes
      .filter(({ kubeletVersion }) => kubeletVersion !== '' && kubeletVersion.replace(/^v/, '') !== wanted)
      .map(({ name, kubeletVersion: version }): Ill => {
        return {
          tone: 'warn',
          what: say('otherVersion', { name, version, wanted }),
          next: say('otherVersionNext'),
        }
      }),
    ...nodes
      .filter(({ cordoned }) => cordoned)
      .map(
        ({ name }): Ill => ({ tone: 'warn', what: say('cordonedNode', { name }), next: say('cordonedNext') }),
      ),
  ]
}
