import pLimit from 'p-limit'
import { asking, type Connection, statusOf } from '../client.ts'
import { budgetsOf } from './budget.ts'
import { type DrainOptions, isOfDaemonSet, type Judgement, judge, type Survey } from './judge.ts'
import { type PodOnNode, podsOn } from './pod.ts'

/** Requests under way at once. */
const AT_ONCE = 8

/** Looks at everything that a drain of a node depends on: its pods, their budgets, their DaemonSets. */
export async function surveyNode(
  connection: Connection,
  node: string,
  options: DrainOptions,
): Promise<Survey & Judgement> {
  const pods = await podsOn(connection, node)
  const orphans = await orphansOf(connection, pods)
  // A pod that stays needs no budget: only the namespaces of the others are asked.
  const { moved } = judge({ pods, budgets: [], orphans }, { deleteEmptyDirData: true, force: true })
  const namespaces = [...new Set(moved.map(({ namespace }) => namespace))]
  const budgets = await pLimit(AT_ONCE).map(namespaces, (namespace) => budgetsOf(connection, namespace))
  const survey = { pods, orphans, budgets: budgets.flat() }
  return { ...survey, ...judge(survey, options) }
}

async function orphansOf(connection: Connection, pods: readonly PodOnNode[]): Promise<Set<string>> {
  const ofDaemonSets = pods.filter((pod) => isOfDaemonSet(pod) && !pod.mirror)
  const absent = await pLimit(AT_ONCE).map(ofDaemonSets, (pod) => isOrphan(connection, pod))
  return new Set(ofDaemonSets.flatMap(({ uid }, index) => (absent[index] ? [uid] : [])))
}

function isOrphan({ of, library }: Connection, { namespace, owner }: PodOnNode): Promise<boolean> {
  const name = owner?.name ?? ''
  return asking(`reading DaemonSet ${name}`, async () => {
    try {
      await of(library.AppsV1Api).readNamespacedDaemonSet({ namespace, name })
      return false
    } catch (error) {
      if (statusOf(error) === 404) return true
      throw error
    }
  })
}
