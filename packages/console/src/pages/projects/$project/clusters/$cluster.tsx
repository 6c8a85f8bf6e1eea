import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { Fragment, lazy, Suspense } from 'react'
import type { Operation } from '../../../../api/client.ts'
import { clusterQuery } from '../../../../cluster/queries.ts'
import { type Tab, tabs } from '../../../../cluster/search.ts'
import { ClusterState } from '../../../../cluster/state.tsx'
import { useMay } from '../../../../me/me.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { Page } from '../../../../ui/page.tsx'
import { Waiting } from '../../../../ui/waiting.tsx'
import { useWords } from '../../../../words/words.ts'
import './$cluster/cluster.css'
import { OperationNow } from './$cluster/operation-now.tsx'
import { words } from './$cluster/words.ts'

const shown = {
  overview: lazy(() => import('./$cluster/overview.tsx')),
  nodes: lazy(() => import('./$cluster/nodes.tsx')),
  spec: lazy(() => import('./$cluster/spec.tsx')),
  operations: lazy(() => import('./$cluster/operations.tsx')),
  events: lazy(() => import('./$cluster/events.tsx')),
  kubeconfig: lazy(() => import('./$cluster/kubeconfig.tsx')),
  access: lazy(() => import('./$cluster/access.tsx')),
  danger: lazy(() => import('./$cluster/danger.tsx')),
} satisfies Record<Tab, unknown>

/** Tabs that only people with a right see. */
const rightOf: Partial<Record<Tab, Operation>> = {
  kubeconfig: 'ClusterService_CreateKubeconfig',
  danger: 'ClusterService_DeleteCluster',
}

const route = '/shell/projects/$project/clusters/$cluster'

/** A cluster: how it is, its nodes, what it is to be, what was done to it, and what can be done. */
export default function ClusterPage() {
  const say = useWords(words)
  const { project, cluster: id } = useParams({ from: route })
  const { tab = 'overview' } = useSearch({ from: route })
  const may = useMay(project)
  const { data: cluster, error, refetch } = useQuery(clusterQuery(project, id))
  if (!cluster) {
    return (
      <div className="page">
        {error ? (
          <ProblemCard of={error} onAgain={() => void refetch()} />
        ) : (
          <Waiting what={say('waiting')} />
        )}
      </div>
    )
  }
  const Shown = shown[tab]
  const offered = tabs.filter((one) => !rightOf[one] || may(rightOf[one]))
  return (
    <Page
      title={cluster.name}
      aside={
        <>
          <ClusterState of={cluster} /> · Kubernetes {cluster.kubernetesVersion} ·{' '}
          <span className="code">{cluster.endpoint}</span>
        </>
      }
    >
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      <OperationNow project={project} id={cluster.operation} />
      <nav className="tabs" aria-label={say('tabs')}>
        {offered.map((one) => (
          <Fragment key={one}>
            <Link
              from="/projects/$project/clusters/$cluster"
              search={one === 'overview' ? {} : { tab: one }}
              activeOptions={{ exact: true }}
              aria-current={one === tab ? 'page' : undefined}
            >
              {say(one)}
            </Link>
            {one === 'nodes' && cluster.state === 'running' && (
              <Link
                from="/projects/$project/clusters/$cluster"
                to="/projects/$project/clusters/$cluster/objects"
              >
                {say('objects')}
              </Link>
            )}
          </Fragment>
        ))}
      </nav>
      <Suspense fallback={<Waiting what={say('waiting')} />}>
        <Shown project={project} cluster={cluster} />
      </Suspense>
    </Page>
  )
}
