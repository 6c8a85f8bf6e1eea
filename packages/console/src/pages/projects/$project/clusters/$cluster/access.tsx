import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Operation } from '../../../../../api/client.ts'
import { type Cluster, kubeconfigsQuery } from '../../../../../cluster/queries.ts'
import { useMe } from '../../../../../me/me.ts'
import { ProblemCard } from '../../../../../problem/problem-card.tsx'
import { membersQuery } from '../../../../../project/members.ts'
import { Mark } from '../../../../../ui/mark.tsx'
import { Section } from '../../../../../ui/page.tsx'
import { Ago, durationOf, useNow } from '../../../../../ui/time.tsx'
import { Waiting } from '../../../../../ui/waiting.tsx'
import { type Say, useWords } from '../../../../../words/words.ts'
import { words } from './access-words.ts'

type Props = { project: string; cluster: Cluster }

/** Who may do what with a cluster, and which kubeconfigs for it are good still. */
export default function Access({ project, cluster }: Props) {
  const say = useWords(words)
  return (
    <>
      <Section
        title={say('members')}
        actions={
          <Link to="/projects/$project/members" params={{ project }}>
            {say('membersLink')}
          </Link>
        }
      >
        <People project={project} />
      </Section>
      <Section title={say('roles')}>
        <Roles />
      </Section>
      <Section title={say('kubeconfigs')}>
        <p className="quiet access-why">{say('kubeconfigsWhy')}</p>
        <Kubeconfigs project={project} cluster={cluster} />
      </Section>
    </>
  )
}

function People({ project }: Pick<Props, 'project'>) {
  const say = useWords(words)
  const { data, error, refetch } = useQuery(membersQuery(project))
  if (error) return <ProblemCard of={error} onAgain={() => void refetch()} />
  if (!data) return <Waiting what={say('waiting')} />
  return (
    <>
      {data.members.length === 0 && <p>{say('none')}</p>}
      {data.members.length > 0 && (
        <ul className="rows">
          {data.members.map(({ user, userName, role }) => (
            <li key={user} className="row">
              <strong>{userName}</strong>
              <span>{roleOf(role, say)}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="quiet access-why">{say('administrators')}</p>
    </>
  )
}

const roles = ['operator', 'viewer'] as const

/** What can be done with a cluster, by a call that stands for it. */
const deeds = {
  see: 'ClusterService_GetCluster',
  kubeconfig: 'ClusterService_CreateKubeconfig',
  nodes: 'ClusterService_AddNodes',
  operations: 'OperationService_ResumeOperation',
  remove: 'ClusterService_DeleteCluster',
} as const satisfies Record<string, Operation>

/** The API says what each role may call; what it means inside of clusters stands in infra/kubernetes/people.yaml. */
function Roles() {
  const say = useWords(words)
  const me = useMe()
  const may = (role: string, deed: string) =>
    me.roles.find((one) => one.role === role)?.may.includes(deed) ?? false
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="table" aria-label={say('roles')} tabIndex={0}>
      <table className="deeds">
        <thead>
          <tr>
            <th scope="col">{say('deed')}</th>
            {roles.map((role) => (
              <th key={role} scope="col">
                {say(role)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Object.entries(deeds).map(([deed, operation]) => (
            <tr key={deed}>
              <th scope="row">{say(deed as keyof typeof deeds)}</th>
              {roles.map((role) => (
                <td key={role}>
                  {may(role, operation) ? (
                    <Mark tone="good">{say('yes')}</Mark>
                  ) : (
                    <Mark tone="idle">{say('no')}</Mark>
                  )}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">{say('inside')}</th>
            <td>{say('insideOperator')}</td>
            <td>{say('insideViewer')}</td>
          </tr>
        </tbody>
      </table>
    </section>
  )
}

function Kubeconfigs({ project, cluster }: Props) {
  const say = useWords(words)
  const now = useNow()
  const { data, error, refetch } = useQuery(kubeconfigsQuery(project, cluster.id))
  if (error) return <ProblemCard of={error} onAgain={() => void refetch()} />
  if (!data) return <Waiting what={say('waiting')} />
  const good = data.kubeconfigs.filter(({ expiresAt }) => Date.parse(expiresAt ?? '') > now)
  if (good.length === 0) return <p className="quiet">{say('noKubeconfigs')}</p>
  return (
    <ul className="rows">
      {good.map(({ id, userName, role, createdAt, expiresAt }) => (
        <li key={id} className="row">
          <strong>{userName}</strong>
          <span className="quiet">
            {say('as', { role: roleOf(role, say) })} · {say('made')} <Ago at={createdAt} />
          </span>
          <span className="number">
            {say('left', { left: durationOf(Math.round((Date.parse(expiresAt ?? '') - now) / 1000)) })}
          </span>
        </li>
      ))}
    </ul>
  )
}

function roleOf(role: string, say: Say<keyof typeof words.texts.en>): string {
  const known = (['administrator', ...roles] as const).find((one) => one === role)
  return known ? say(known) : role
}
