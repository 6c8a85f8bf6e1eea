import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Alert, Button, Segmented } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { steps } from '../../../../cluster/search.ts'
import { useMay } from '../../../../me/me.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { Page } from '../../../../ui/page.tsx'
import { Waiting } from '../../../../ui/waiting.tsx'
import { useWords } from '../../../../words/words.ts'
import { useCheck } from './new/check.ts'
import { useDraft } from './new/draft.ts'
import Hosts from './new/hosts.tsx'
import Network from './new/network.tsx'
import './new/new.css'
import Rest from './new/rest.tsx'
import Review from './new/review.tsx'
import { placed, touch, useWizard, WizardPages } from './new/wizard.tsx'
import { words } from './new/words.ts'

const YamlPane = lazy(() => import('./new/yaml-pane.tsx'))
const route = '/shell/projects/$project/clusters/new'

/** Creates a cluster: hosts, network, settings, plan. The API judges every word while it is typed. */
export default function NewCluster() {
  const { project } = useParams({ from: route })
  const may = useMay(project)
  const say = useWords(words)
  if (!may('ClusterService_CreateCluster')) return <Page title={say('title')}>{say('away')}</Page>
  // What is forgotten is typed anew.
  return <Drafting key={project} project={project} />
}

function Drafting({ project }: { project: string }) {
  const say = useWords(words)
  const [round, setRound] = useState(0)
  const { draft, keep, forget } = useDraft(project)
  const { view } = useSearch({ from: route })
  const navigate = useNavigate({ from: '/projects/$project/clusters/new' })
  const checked = useCheck(project, draft)
  const discard = () => {
    keep(() => ({ name: '', spec: { nodes: [] }, fix: false, touched: [] }))
    setRound(round + 1)
    void navigate({ search: {} })
  }
  return (
    <Page
      title={say('title')}
      aside={say('aside')}
      actions={
        <>
          <Segmented
            aria-label={say('view')}
            value={view ?? 'form'}
            options={[
              { value: 'form', label: say('asForm') },
              { value: 'yaml', label: say('asYaml') },
            ]}
            onChange={(chosen) =>
              void navigate({
                search: ({ view: _, ...was }) => (chosen === 'yaml' ? { ...was, view: 'yaml' } : was),
              })
            }
          />
          <Button onClick={discard}>{say('discard')}</Button>
        </>
      }
    >
      <WizardPages key={round} value={{ project, draft, keep, checked }}>
        {checked.problem && <ProblemCard of={checked.problem} />}
        <Nowhere />
        {view === 'yaml' ? (
          <Suspense fallback={<Waiting what={say('checking')} />}>
            <YamlPane />
          </Suspense>
        ) : (
          <Steps onCreated={forget} />
        )}
      </WizardPages>
    </Page>
  )
}

/** What is wrong and has no field in the form. */
function Nowhere() {
  const say = useWords(words)
  const left = placed(useWizard()).filter(({ step }) => !step)
  if (left.length === 0) return null
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="nowhere"
      title={say('nowhere')}
      description={
        <ul className="lines">
          {left.map(({ fault: { field, message, hint } }) => (
            <li key={`${field} ${message}`}>
              <strong>{field}</strong> {message}. <span className="quiet">{hint}</span>
            </li>
          ))}
        </ul>
      }
    />
  )
}

function Steps({ onCreated }: { onCreated: () => void }) {
  const say = useWords(words)
  const wizard = useWizard()
  const { step = 'hosts' } = useSearch({ from: route })
  const navigate = useNavigate({ from: '/projects/$project/clusters/new' })
  const at = steps.indexOf(step)
  const all = placed(wizard)
  const go = (to: (typeof steps)[number] | undefined) => {
    wizard.keep((was) => touch(was, step))
    if (to) void navigate({ search: (was) => ({ ...was, step: to }) })
  }
  const { faults, isChecking } = wizard.checked
  return (
    <>
      <nav aria-label={say('title')}>
        <ol className="wizard-steps">
          {steps.map((one) => {
            const count = all.filter((fault) => fault.step === one && fault.isShown).length
            return (
              <li key={one}>
                <Link
                  from="/projects/$project/clusters/new"
                  search={(was) => ({ ...was, step: one })}
                  onClick={() => wizard.keep((was) => touch(was, step))}
                  aria-current={one === step ? 'step' : undefined}
                >
                  {say(one)}
                  {count > 0 && (
                    <span className="step-faults" role="img" aria-label={say('faults', { count })}>
                      {count}
                    </span>
                  )}
                </Link>
              </li>
            )
          })}
        </ol>
      </nav>
      {step === 'hosts' && <Hosts />}
      {step === 'network' && <Network />}
      {step === 'rest' && <Rest />}
      {step === 'review' && <Review onCreated={onCreated} />}
      <div className="wizard-foot">
        {at > 0 && <Button onClick={() => go(steps[at - 1])}>{say('back')}</Button>}
        {at < steps.length - 1 && (
          <Button type="primary" onClick={() => go(steps[at + 1])}>
            {say('next')}
          </Button>
        )}
        <span className="quiet" role="status">
          {isChecking
            ? say('checking')
            : faults.length > 0
              ? say('faults', { count: faults.length })
              : say('fine')}
        </span>
      </div>
    </>
  )
}
