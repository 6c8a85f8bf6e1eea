import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Switch } from 'antd'
import { useId } from 'react'
import { api, told } from '../../../../../api/client.ts'
import { PlannedChange } from '../../../../../cluster/plan/planned-change.tsx'
import type { ClusterSpec } from '../../../../../cluster/queries.ts'
import { Findings } from '../../../../../host/findings.tsx'
import { ProblemCard } from '../../../../../problem/problem-card.tsx'
import { Section } from '../../../../../ui/page.tsx'
import { Waiting } from '../../../../../ui/waiting.tsx'
import { useWords } from '../../../../../words/words.ts'
import { askCreate } from './check.ts'
import { placed, useWizard } from './wizard.tsx'
import { words } from './words.ts'

/** The plan, and what the hosts say; from here the cluster is created. */
export default function Review({ onCreated }: { onCreated: () => void }) {
  const say = useWords(words)
  const wizard = useWizard()
  const navigate = useNavigate()
  const { project, draft, keep, checked } = wizard
  const { name, spec, fix } = draft
  const id = useId()
  if (checked.faults.length > 0) return <Faulty />
  return (
    <div className="stack">
      <div className="panel stack">
        <div className="field-switch">
          <Switch
            id={id}
            checked={fix}
            aria-describedby={`${id}-why`}
            onChange={(on) => keep((was) => ({ ...was, fix: on }))}
          />
          <label htmlFor={id}>{say('fix')}</label>
        </div>
        <p id={`${id}-why`} className="quiet">
          {say('fixWhy')}
        </p>
        <HostCheck project={project} spec={spec} />
      </div>
      <Section title={say('review')}>
        <div className="panel">
          <PlannedChange
            wish={{ name, spec, fix }}
            ask={(how, key) => askCreate(project, { name, spec, fix }, how, key)}
            begin={say('create', { name })}
            onBegun={({ cluster }) => {
              onCreated()
              void navigate({
                to: '/projects/$project/clusters/$cluster',
                params: { project, cluster: cluster?.id ?? '' },
              })
            }}
          />
        </div>
      </Section>
    </div>
  )
}

/** What has to be mended first, each with the way to its field. */
function Faulty() {
  const say = useWords(words)
  const wizard = useWizard()
  return (
    <div className="panel">
      <h2>{say('mendFirst')}</h2>
      <ul className="lines">
        {placed(wizard).map(({ fault, step }) => (
          <li key={`${fault.field} ${fault.message}`}>
            <strong>{fault.field}</strong> {fault.message}. <span className="quiet">{fault.hint}</span>{' '}
            {step && (
              <Link to="." search={(was) => ({ ...was, step })}>
                {say('goThere')}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

function HostCheck({ project, spec }: { project: string; spec: Record<string, unknown> }) {
  const say = useWords(words)
  const check = useMutation({
    mutationFn: () =>
      told(
        api.POST('/api/v1/projects/{project}/hosts/preflight', {
          params: { path: { project } },
          body: { spec: spec as unknown as ClusterSpec },
        }),
      ),
  })
  return (
    <>
      <div className="plan-begin">
        <Button loading={check.isPending} onClick={() => check.mutate()}>
          {say('check')}
        </Button>
        <span className="quiet">{say('checkWhy')}</span>
      </div>
      {check.isPending && <Waiting what={say('checkingHosts')} />}
      {check.error && <ProblemCard of={check.error} />}
      {check.data &&
        (check.data.findings.length === 0 ? (
          <p role="status">{say('hostsFine')}</p>
        ) : (
          <Findings of={check.data.findings} sayFix={(text) => say('mends', { fix: text })} />
        ))}
    </>
  )
}
