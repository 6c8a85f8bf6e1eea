import { useQueries, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { clustersQuery } from '../../../cluster/queries.ts'
import { hostsQuery } from '../../../host/queries.ts'
import { type Operation, operationsQuery } from '../../../operation/queries.ts'
import { OperationRow } from '../../../operation/row.tsx'
import { ProblemCard } from '../../../problem/problem-card.tsx'
import { projectQuery } from '../../../project/queries.ts'
import { Page, Section } from '../../../ui/page.tsx'
import { Waiting } from '../../../ui/waiting.tsx'
import { useWords } from '../../../words/words.ts'
import { FirstSteps } from './home/first-steps.tsx'
import { Fleet } from './home/fleet.tsx'
import { NeedsYou } from './home/needs-you.tsx'
import { words } from './home/words.ts'

/** So many are counted; beyond it the figure says that there are more. */
const COUNTED = 500
const RECENT = 10

/** What of a project needs a person now, what is under way, how large it is, and what happened last. */
export default function Home() {
  const say = useWords(words)
  const { project } = useParams({ from: '/shell/projects/$project/' })
  const { data: known } = useQuery(projectQuery(project))
  const [clusters, hosts, recent, ...active] = useQueries({
    queries: [
      clustersQuery(project, { pageSize: COUNTED }),
      hostsQuery(project, { pageSize: COUNTED }),
      operationsQuery(project, { pageSize: RECENT }),
      operationsQuery(project, { state: 'running', pageSize: RECENT }),
      operationsQuery(project, { state: 'queued', pageSize: RECENT }),
    ],
  })
  const failure = clusters.error ?? hosts.error ?? recent.error
  const isNew = clusters.data?.clusters.length === 0 && recent.data?.operations.length === 0
  const isEmpty = isNew && hosts.data?.hosts.length === 0
  const underWay = active.flatMap(({ data }) => data?.operations ?? [])
  return (
    <Page title={known?.name ?? ''} aside={known?.description}>
      {failure && <ProblemCard of={failure} />}
      {isNew && <FirstSteps project={project} />}
      {!isEmpty && clusters.data && hosts.data && (
        <>
          <NeedsYou project={project} clusters={clusters.data.clusters} />
          {underWay.length > 0 && (
            <Section title={say('underWay')}>
              <Operations of={underWay} />
            </Section>
          )}
          <Fleet project={project} clusters={clusters.data} hosts={hosts.data} />
        </>
      )}
      {!(clusters.data && hosts.data) && !failure && <Waiting what={say('waiting')} />}
      {recent.data && !isNew && (
        <Section title={say('recent')}>
          {recent.data.operations.length === 0 && <p className="quiet">{say('noOperations')}</p>}
          {recent.data.operations.length > 0 && <Operations of={recent.data.operations} />}
        </Section>
      )}
    </Page>
  )
}

function Operations({ of: operations }: { of: readonly Operation[] }) {
  return (
    <ul className="rows">
      {operations.map((operation) => (
        <OperationRow key={operation.id} of={operation} />
      ))}
    </ul>
  )
}
