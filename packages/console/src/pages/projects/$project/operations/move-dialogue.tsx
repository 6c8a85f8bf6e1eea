import { Form, Input, Modal, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { type Move, type MoveName, useMove } from '../../../../operation/move.ts'
import type { Operation, Plan } from '../../../../operation/queries.ts'
import { skippableOf } from '../../../../operation/skippable.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { useWords } from '../../../../words/words.ts'
import { actionWords } from './action-words.ts'

type Stood = { operation: Operation; plan: Plan | undefined }

/** Says what a move will do, and does it when it is confirmed. */
export function MoveDialogue({
  name,
  operation,
  plan,
  onClose,
  onMoved,
}: Stood & { name: MoveName; onClose: () => void; onMoved: () => void }) {
  const say = useWords(actionWords)
  const move = useMove(operation.project, operation.id, onMoved)
  const skippable = skippableOf(operation, plan)
  const [fromStep, setFromStep] = useState('')
  const [step, setStep] = useState(skippable[0]?.name ?? '')
  const [reason, setReason] = useState('')
  const [isAsked, setAsked] = useState(false)
  const isReasonMissing = name === 'skip' && reason.trim() === ''
  const confirm = () => {
    setAsked(true)
    if (isReasonMissing) return
    const moves: Record<MoveName, Move> = {
      cancel: { type: 'cancel' },
      pause: { type: 'pause' },
      undo: { type: 'undo' },
      resume: { type: 'resume', fromStep },
      skip: { type: 'skip', step, reason: reason.trim() },
    }
    move.mutate(moves[name])
  }
  const isHard = name === 'cancel' || name === 'undo' || name === 'skip'
  return (
    <Modal
      open
      title={say(`${name}Title`)}
      onCancel={onClose}
      onOk={confirm}
      okText={say(`${name}Do`)}
      cancelText={say('back')}
      okButtonProps={{ danger: isHard, loading: move.isPending }}
    >
      <div className="stack">
        {name === 'cancel' && <WhatCancelDoes operation={operation} />}
        {name === 'pause' && <WhatPauseDoes operation={operation} />}
        {name === 'undo' && <WhatUndoDoes operation={operation} plan={plan} />}
        {name === 'resume' && (
          <WhatResumeDoes operation={operation} plan={plan} fromStep={fromStep} onFromStep={setFromStep} />
        )}
        {name === 'skip' && (
          <Form layout="vertical" component="div" requiredMark={false}>
            <Form.Item label={say('step')} extra={say('missing', { what: whenSkipped(plan, step) })}>
              <Select
                aria-label={say('step')}
                value={step}
                onChange={setStep}
                options={skippable.map((one) => ({ value: one.name, label: one.title }))}
              />
            </Form.Item>
            <Form.Item
              label={say('why')}
              htmlFor="skip-reason"
              extra={say('whyHint')}
              {...(isAsked && isReasonMissing ? { validateStatus: 'error', help: say('whyNeeded') } : {})}
            >
              <Input.TextArea
                id="skip-reason"
                rows={3}
                value={reason}
                onChange={({ target }) => setReason(target.value)}
              />
            </Form.Item>
          </Form>
        )}
        {move.error && <ProblemCard of={move.error} />}
      </div>
    </Modal>
  )
}

function WhatCancelDoes({ operation }: { operation: Operation }) {
  const say = useWords(actionWords)
  if (operation.state === 'queued') return <p>{say('cancelQueued')}</p>
  return (
    <>
      <p>{say('cancelRunning')}</p>
      <Listed title={say('runsNow')} rows={runningOf(operation)} />
    </>
  )
}

function WhatPauseDoes({ operation }: { operation: Operation }) {
  const say = useWords(actionWords)
  return (
    <>
      <p>{say('pauseWhat')}</p>
      <Listed title={say('finishes')} rows={runningOf(operation)} />
    </>
  )
}

/** The undo of each step that has begun, in the plan's words; where one can't be undone the API refuses all, and says why. */
function WhatUndoDoes({ operation, plan }: Stood) {
  const say = useWords(actionWords)
  const begun = operation.steps.filter(({ attempt, state }) => attempt > 0 && state !== 'undone').toReversed()
  const rows = begun.map(({ name, title }) => {
    const planned = plan?.steps.find((one) => one.name === name)
    if (planned?.lasting) return say('undoLasting', { step: title, why: planned.lasting })
    return planned?.undo || say('undoNothing', { step: title })
  })
  return <Listed title={say('undoWhat')} rows={rows} />
}

function WhatResumeDoes({
  operation,
  plan,
  fromStep,
  onFromStep,
}: Stood & { fromStep: string; onFromStep: (step: string) => void }) {
  const say = useWords(actionWords)
  const { steps } = operation
  if (operation.undoing) return <p>{say('resumeUndoing')}</p>
  const again = new Set(fromStep === '' ? [] : [fromStep])
  // Steps stand in the order of their needs, so one pass finds them all.
  for (const { name, needs } of plan?.steps ?? []) if (needs.some((need) => again.has(need))) again.add(name)
  const done = steps.filter(({ name, state }) => again.has(name) || !['succeeded', 'skipped'].includes(state))
  const begun = steps.filter(({ state }) => state === 'succeeded' || state === 'skipped')
  return (
    <>
      <Form layout="vertical" component="div">
        <Form.Item label={say('from')} style={{ marginBottom: 0 }}>
          <Select
            aria-label={say('from')}
            value={fromStep}
            onChange={onFromStep}
            options={[
              { value: '', label: say('fromOpen') },
              ...begun.map(({ name, title }) => ({ value: name, label: say('fromStep', { step: title }) })),
            ]}
          />
        </Form.Item>
      </Form>
      <Listed title={say('willDo')} rows={done.map(({ title }) => title)} />
    </>
  )
}

function Listed({ title, rows }: { title: string; rows: readonly ReactNode[] }) {
  if (rows.length === 0) return null
  return (
    <div>
      <p>{title}</p>
      <ul className="listed">
        {rows.map((row) => (
          <li key={String(row)}>{row}</li>
        ))}
      </ul>
    </div>
  )
}

function runningOf({ steps }: Operation): string[] {
  return steps.filter(({ state }) => state === 'running').map(({ title }) => title)
}

function whenSkipped(plan: Plan | undefined, step: string): string {
  return plan?.steps.find(({ name }) => name === step)?.whenSkipped ?? ''
}
