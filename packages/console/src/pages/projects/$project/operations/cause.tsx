import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import type { Operation } from '../../../../operation/queries.ts'
import { stepInTrouble } from '../../../../operation/run.ts'
import type { Feed } from '../../../../output/feed.ts'
import { firstErrorOf } from '../../../../output/first-error.ts'
import { LineText } from '../../../../output/line-text.tsx'
import { aroundQuery } from '../../../../output/queries.ts'
import { usePart } from '../../../../output/use-feed.ts'
import { durationOf, useNow } from '../../../../ui/time.tsx'
import { Waiting } from '../../../../ui/waiting.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

/** Why it failed, or is tried again: where, in the tool's own words, what to do; the lines around it, and what can be asked now. */
export function Cause({
  operation,
  feed,
  actions,
  onOpen,
}: {
  operation: Operation
  feed: Feed
  actions: ReactNode
  /** Shows a line in the output. */
  onOpen: (run: string, line: number) => void
}) {
  const say = useWords(words)
  const runs = usePart(feed.runs)
  const step = stepInTrouble(operation)
  const failure = operation.state === 'failed' ? (operation.failure ?? step?.failure) : step?.failure
  if (!failure) return null
  const error = firstErrorOf(operation, runs)
  const isOver = operation.state === 'failed'
  return (
    <section className={isOver ? 'cause panel bad' : 'cause panel warn'} aria-labelledby="cause">
      <header className="section-head">
        <h2 id="cause">
          {say(isOver ? 'cause' : 'causeAgain')}
          {!isOver && step?.retryAt && <Until at={step.retryAt} />}
        </h2>
      </header>
      <dl className="cause-where">
        {step && <Where title={say('inStep')}>{step.title}</Where>}
        {failure.host && <Where title={say('onHost')}>{failure.host}</Where>}
        {failure.task && <Where title={say('inTask')}>{failure.task}</Where>}
      </dl>
      <pre className="code cause-message">{failure.message}</pre>
      {failure.hint && (
        <p>
          <strong>{say('hint')}:</strong> {failure.hint}
        </p>
      )}
      {error && <Evidence operation={operation} {...error} />}
      <div className="actions">
        {isOver && actions}
        {error && <Button onClick={() => onOpen(error.run, error.line)}>{say('toError')}</Button>}
      </div>
    </section>
  )
}

function Where({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt className="quiet">{title}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Until({ at }: { at: string }) {
  const say = useWords(words)
  const seconds = Math.max(0, Math.round((Date.parse(at) - useNow()) / 1000))
  return <span className="quiet number">{` · ${say('again')} ${durationOf(seconds)}`}</span>
}

function Evidence({ operation, run, line }: { operation: Operation; run: string; line: number }) {
  const say = useWords(words)
  const { data: lines, error } = useQuery(aroundQuery(operation.project, operation.id, { run, line }))
  // The message above says what matters; the lines around it are more of the same, and stand in the output too.
  if (error) return null
  if (!lines) return <Waiting what={say('evidenceWaiting')} />
  return (
    <figure className="evidence">
      <figcaption className="quiet">{say('evidence')}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys */}
      <section className="table evidence-lines" tabIndex={0} aria-label={say('evidence')}>
        {lines.map((one) => (
          <div key={one.sequence} className={`log-line ${one.kind} ${one.sequence === line ? 'chosen' : ''}`}>
            <LineText line={one} origin={undefined} search="" />
          </div>
        ))}
      </section>
    </figure>
  )
}
