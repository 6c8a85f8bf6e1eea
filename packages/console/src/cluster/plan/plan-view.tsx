import { Alert } from 'antd'
import type { ReactNode } from 'react'
import { Mark } from '../../ui/mark.tsx'
import { durationOf } from '../../ui/time.tsx'
import { useLanguage, useWords } from '../../words/words.ts'
import { PlanGraph } from './graph.tsx'
import { type Placed, type Plan, type PlannedStep, placed } from './order.ts'
import './plan.css'
import { words } from './words.ts'

/** A plan as the server made it: what it costs, how its steps hang together, and what each does to which node. */
export function PlanView({ plan }: { plan: Plan }) {
  const steps = placed(plan.steps)
  return (
    <div className="plan">
      <Costs plan={plan} />
      {plan.notes.length > 0 && (
        <Alert
          type="info"
          title={
            <ul className="plan-notes">
              {plan.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          }
        />
      )}
      <PlanGraph steps={steps} />
      <ol className="plan-steps">
        {steps.map((one) => (
          <Step key={one.step.name} {...one} />
        ))}
      </ol>
    </div>
  )
}

function Costs({ plan }: { plan: Plan }) {
  const say = useWords(words)
  const number = useNumbers()
  const disturbing = new Set(plan.steps.map(({ disturbance }) => disturbance).filter((one) => one !== 'none'))
  return (
    <dl className="plan-costs">
      <div>
        <dt>{say('time')}</dt>
        <dd>
          {plan.expectedMinutes > 0
            ? say('minutes', { half: timeOf(plan.expectedMinutes), most: timeOf(plan.atMostMinutes) })
            : say('unknownTime')}
        </dd>
      </div>
      <div>
        <dt>{say('downloads')}</dt>
        <dd>{plan.pullMib > 0 ? `${number(plan.pullMib)} MiB` : say('nothing')}</dd>
      </div>
      {/* A cluster that is deleted runs nothing afterwards: to say that nothing is disturbed would be a lie. */}
      {plan.kind !== 'delete-cluster' && (
        <div>
          <dt>{say('disturbs')}</dt>
          <dd>
            {disturbing.size === 0 ? (
              <Mark tone="good">{say('none')}</Mark>
            ) : (
              [...disturbing].map((one) => <Disturbance key={one} of={one} />)
            )}
          </dd>
        </div>
      )}
      <div>
        <dt>{say('digest')}</dt>
        <dd className="code" title={`${plan.digest}\n${say('digestWhy')}`}>
          {plan.digest.slice(0, 12)}
        </dd>
      </div>
    </dl>
  )
}

function Step({ step, number, after }: Placed) {
  const say = useWords(words)
  const show = useNumbers()
  return (
    <li className="plan-step">
      <span className="plan-number" aria-hidden="true">
        {number}
      </span>
      <div className="plan-what">
        <strong>{step.title}</strong>
        <div className="plan-facts quiet">
          <span>{after.length > 0 ? say('after', { numbers: after.join(', ') }) : say('first')}</span>
          {step.expectedMinutes > 0 && (
            <span className="number">
              {timeOf(step.expectedMinutes)} – {timeOf(Math.max(step.atMostMinutes, step.expectedMinutes))}
            </span>
          )}
          {step.pullMib > 0 && <span className="number">{show(step.pullMib)} MiB</span>}
          {step.disturbance !== 'none' && <Disturbance of={step.disturbance} />}
        </div>
        <Nodes names={step.nodes} />
        <Details step={step} />
      </div>
    </li>
  )
}

const SHOWN = 12

function Nodes({ names }: { names: readonly string[] }) {
  const say = useWords(words)
  if (names.length === 0) return null
  const rest = names.length - SHOWN
  return (
    <ul className="chips">
      {names.slice(0, SHOWN).map((name) => (
        <li key={name} className="chip">
          {name}
        </li>
      ))}
      {rest > 0 && (
        <li className="quiet" title={names.slice(SHOWN).join(', ')}>
          {say('more', { count: rest })}
        </li>
      )}
    </ul>
  )
}

function Details({ step }: { step: PlannedStep }) {
  const say = useWords(words)
  const rows: [string, ReactNode][] = [
    [say('changes'), step.changes.length > 0 && <Lines of={step.changes} />],
    [say('undo'), step.undo],
    [say('lasting'), step.lasting],
    [say('skipped'), step.whenSkipped],
    [say('quorum'), step.disturbance === 'restarts-control-plane' && String(step.quorumMargin)],
  ]
  const told = rows.filter(([, value]) => value)
  if (told.length === 0) return null
  return (
    <details>
      <summary>{say('details')}</summary>
      <dl className="plan-details">
        {told.map(([name, value]) => (
          <div key={name}>
            <dt className="quiet">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

function Lines({ of }: { of: readonly string[] }) {
  return (
    <ul className="lines">
      {of.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}

function Disturbance({ of }: { of: string }) {
  const say = useWords(words)
  const known = (['restarts-control-plane', 'drains'] as const).find((one) => one === of)
  return <Mark tone="warn">{known ? say(known) : of}</Mark>
}

/** Minutes of a plan as people read them; what takes less than a second is said to take one. */
function timeOf(minutes: number): string {
  return durationOf(Math.max(1, Math.round(minutes * 60)))
}

/** Numbers as the language writes them, with two digits that matter. */
function useNumbers(): (value: number) => string {
  const language = useLanguage()
  return (value) => value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 1 : 0 })
}
