import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Cluster } from '../../../../cluster/queries.ts'
import { type Host, hostsQuery } from '../../../../host/queries.ts'
import { HostState } from '../../../../host/state.tsx'
import { healthQuery } from '../../../../install/queries.ts'
import { TroubleRow } from '../../../../install/trouble-row.tsx'
import { useMay } from '../../../../me/me.ts'
import { operationsQuery } from '../../../../operation/queries.ts'
import { OperationRow } from '../../../../operation/row.tsx'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { Section } from '../../../../ui/page.tsx'
import { Waiting } from '../../../../ui/waiting.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

/** So many of each kind are shown; a link leads to the others. */
const SHOWN = 20
const LOST = ['host-key-changed', 'unreachable'] as const

/**
 * What stopped and waits for a person to go on: operations, hosts that Slipway can't log in to, and for administrators what
 * is wrong about the install itself.
 */
export function NeedsYou({ project, clusters }: { project: string; clusters: readonly Cluster[] }) {
  const say = useWords(words)
  const operations = useQueries({
    queries: ['paused', 'failed'].map((state) => operationsQuery(project, { state, pageSize: SHOWN })),
  })
  const hosts = useQueries({
    queries: LOST.map((state) => hostsQuery(project, { state, pageSize: SHOWN })),
  })
  const may = useMay()
  const health = useQuery({ ...healthQuery, enabled: may('InstallService_GetHealth') })
  const troubles = health.data?.troubles ?? []
  const all = [...operations, ...hosts]
  const failure = all.find(({ error }) => error)?.error
  const isRead = all.every(({ data }) => data)
  // A failure that a later operation of the same cluster left behind needs nobody any more.
  const latest = new Set(clusters.map(({ operation }) => operation))
  const stopped = operations
    .flatMap(({ data }) => data?.operations ?? [])
    .filter(({ id, state }) => state === 'paused' || latest.has(id))
  const lost = hosts.flatMap(({ data }) => data?.hosts ?? [])
  const unshown = LOST.filter((_, index) => hosts[index]?.data?.nextPageToken)
  const waiting = troubles.length + stopped.length + lost.length
  return (
    <Section title={say('needs')}>
      {failure && <ProblemCard of={failure} />}
      {!isRead && !failure && <Waiting what={say('waiting')} />}
      {isRead && waiting === 0 && <p className="quiet">{say('calm')}</p>}
      {waiting > 0 && (
        <ul className="rows">
          {troubles.map((trouble) => (
            <TroubleRow key={`${trouble.about} ${trouble.message}`} of={trouble} />
          ))}
          {stopped.map((operation) => (
            <OperationRow key={operation.id} of={operation} />
          ))}
          {lost.map((host) => (
            <LostHost key={host.id} of={host} />
          ))}
          {unshown.map((state) => (
            <li key={state} className="row">
              <HostState of={{ state, stateReason: '' }} />
              <Link to="/projects/$project/hosts" params={{ project }} search={{ state }}>
                {say('more')}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function LostHost({ of: host }: { of: Host }) {
  const say = useWords(words)
  const { id, project, name, address, state, stateReason } = host
  return (
    <li className="row">
      <HostState of={host} />
      <div>
        <Link to="/projects/$project/hosts" params={{ project }} search={{ host: id }}>
          {say(state === 'unreachable' ? 'hostUnreachable' : 'hostKeyChanged', { name, address })}
        </Link>
        {stateReason && <div className="quiet">{stateReason}</div>}
      </div>
    </li>
  )
}
