import { Link } from '@tanstack/react-router'
import type { clustersQuery } from '../../../../cluster/queries.ts'
import { stateWords } from '../../../../cluster/words.ts'
import type { hostsQuery } from '../../../../host/queries.ts'
import { Section } from '../../../../ui/page.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

type FleetData = {
  project: string
  clusters: Awaited<ReturnType<NonNullable<ReturnType<typeof clustersQuery>['queryFn']>>>
  hosts: Awaited<ReturnType<NonNullable<ReturnType<typeof hostsQuery>['queryFn']>>>
}

/** How large a project is, in figures that lead to what they count. */
export function Fleet({ project, clusters, hosts }: FleetData) {
  const say = useWords(words)
  const sayState = useWords(stateWords)
  const others = Map.groupBy(
    clusters.clusters.filter(({ state }) => state !== 'running'),
    ({ state }) => state,
  )
  const states = [...others].map(([state, all]) => `${all.length} ${sayState(state as 'failed')}`)
  const used = hosts.hosts.filter(({ cluster }) => cluster !== '').length
  const count = (rows: readonly unknown[], next: string) => `${rows.length}${next ? '+' : ''}`
  const nodes = clusters.clusters.reduce((sum, { nodeCount }) => sum + nodeCount, 0)
  return (
    <Section title={say('fleet')}>
      <div className="figures">
        <Link to="/projects/$project/clusters" params={{ project }} className="panel figure">
          <span className="quiet">{say('clusters')}</span>
          <strong>{count(clusters.clusters, clusters.nextPageToken)}</strong>
          <span className="quiet">
            {clusters.clusters.length === 0 ? say('none') : states.join(' · ') || say('allRunning')}
          </span>
        </Link>
        <div className="panel figure">
          <span className="quiet">{say('nodes')}</span>
          <strong>{`${nodes}${clusters.nextPageToken ? '+' : ''}`}</strong>
        </div>
        <Link to="/projects/$project/hosts" params={{ project }} className="panel figure">
          <span className="quiet">{say('hosts')}</span>
          <strong>{count(hosts.hosts, hosts.nextPageToken)}</strong>
          <span className="quiet">
            {hosts.hosts.length === 0 ? say('none') : say('inClusters', { count: used })}
          </span>
        </Link>
      </div>
    </Section>
  )
}
