import { useQuery } from '@tanstack/react-query'
import { NetworkDrawing } from '../../../../../cluster/network-drawing.tsx'
import { type Cluster, type Node, nodesQuery } from '../../../../../cluster/queries.ts'
import { hostsQuery } from '../../../../../host/queries.ts'
import { ProblemCard } from '../../../../../problem/problem-card.tsx'
import { Mark } from '../../../../../ui/mark.tsx'
import { Section } from '../../../../../ui/page.tsx'
import { Waiting } from '../../../../../ui/waiting.tsx'
import { useWords } from '../../../../../words/words.ts'
import { Age } from './age.tsx'
import { illsOf } from './health.ts'
import { words } from './words.ts'

/** How a cluster is and why, how large it is, and how its networks lie. */
export default function Overview({ project, cluster }: { project: string; cluster: Cluster }) {
  const say = useWords(words)
  const isRunning = cluster.state === 'running'
  const nodes = useQuery({ ...nodesQuery(project, cluster.id), enabled: isRunning })
  const network = cluster.spec?.network
  return (
    <>
      <Section title={say('health')}>
        {!isRunning && <p className="quiet">{cluster.stateReason || say('notYet')}</p>}
        {isRunning && nodes.error && <ProblemCard of={nodes.error} onAgain={() => void nodes.refetch()} />}
        {isRunning && nodes.isPending && <Waiting what={say('readingNodes')} />}
        {isRunning && nodes.data && <Health cluster={cluster} nodes={nodes.data} />}
      </Section>
      <Section title={say('figures')}>
        <Figures project={project} cluster={cluster} nodes={isRunning ? nodes.data : undefined} />
      </Section>
      <Section title={say('network')}>
        <div className="panel">
          <NetworkDrawing
            project={project}
            hosts={(cluster.spec?.nodes ?? []).map(({ host }) => host)}
            network={{
              podCidr: network?.podCidr ?? '',
              serviceCidr: network?.serviceCidr ?? '',
              nodeMask: network?.nodeMask ?? 0,
              maxPods: cluster.spec?.kubelet?.maxPods ?? 0,
            }}
          />
        </div>
      </Section>
    </>
  )
}

function Health({ cluster, nodes }: { cluster: Cluster; nodes: readonly Node[] }) {
  const say = useWords(words)
  const ills = illsOf(cluster, nodes, say)
  return (
    <div className="panel stack">
      {ills.length === 0 ? (
        <Mark tone="good">{say('healthy')}</Mark>
      ) : (
        <ul className="ills">
          {ills.map(({ tone, what, next }) => (
            <li key={what}>
              <Mark tone={tone}>{what}</Mark>
              <div className="quiet">{next}</div>
            </li>
          ))}
        </ul>
      )}
      <Age at={nodes[0]?.readAt} />
    </div>
  )
}

function Figures({
  project,
  cluster,
  nodes,
}: {
  project: string
  cluster: Cluster
  nodes: readonly Node[] | undefined
}) {
  const say = useWords(words)
  const { data } = useQuery(hostsQuery(project, { cluster: cluster.id, pageSize: 500 }))
  const hosts = data?.hosts ?? []
  const count = cluster.nodeCount
  const cpus = hosts.reduce((sum, { facts }) => sum + (facts?.cpus ?? 0), 0)
  const memory = hosts.reduce((sum, { facts }) => sum + (facts?.memoryMib ?? 0), 0)
  const shown: [string, string][] = [
    [say('version'), cluster.kubernetesVersion],
    [
      say('ready'),
      nodes ? say('of', { some: nodes.filter(({ ready }) => ready).length, all: count }) : `– / ${count}`,
    ],
    [say('cpus'), data ? String(cpus) : '–'],
    [say('memory'), data ? `${Math.round(memory / 1024)} GiB` : '–'],
    [say('pods'), String(count * (cluster.spec?.kubelet?.maxPods ?? 0))],
  ]
  return (
    <div className="figures sizes">
      {shown.map(([name, value]) => (
        <div key={name} className="panel figure">
          <span className="quiet">{name}</span>
          <strong>{value}</strong>
        </div>
      ))}
    </div>
  )
}
