import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type Cluster, type ClusterSpec, specVersionQuery } from '../../../../../cluster/queries.ts'
import { type DiffLine, differenceOf } from '../../../../../cluster/spec-diff.ts'
import { toYaml } from '../../../../../cluster/spec-yaml.ts'
import { ProblemCard } from '../../../../../problem/problem-card.tsx'
import { Waiting } from '../../../../../ui/waiting.tsx'
import { useWords } from '../../../../../words/words.ts'
import { words } from './spec-words.ts'

type About = { project: string; cluster: Cluster }

/** The spec of a version, once it is read. */
export function SpecOfVersion({
  project,
  cluster,
  number,
  children,
}: About & { number: number; children: (spec: ClusterSpec | undefined) => ReactNode }) {
  const say = useWords(words)
  const { data, error, refetch } = useQuery(specVersionQuery(project, cluster.id, number))
  if (error) return <ProblemCard of={error} onAgain={() => void refetch()} />
  if (!data) return <Waiting what={say('readingSpec', { number })} />
  return children(data.spec)
}

/** What differs between two versions of a spec, line by line. */
export function SpecDifference({ from, to, ...about }: About & { from: number; to: number }) {
  return (
    <SpecOfVersion {...about} number={from}>
      {(before) => (
        <SpecOfVersion {...about} number={to}>
          {(after) => (
            <Lines {...{ from, to }} before={toYaml({ spec: before })} after={toYaml({ spec: after })} />
          )}
        </SpecOfVersion>
      )}
    </SpecOfVersion>
  )
}

function Lines({ from, to, before, after }: { from: number; to: number; before: string; after: string }) {
  const say = useWords(words)
  const { added, removed, parts } = differenceOf(before, after)
  const label = say('difference', { from, to })
  if (parts.length === 0) return <p>{say('same')}</p>
  return (
    <>
      <h2>{label}</h2>
      <p>
        {say('added', { count: added })} · {say('removed', { count: removed })}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="panel code diff" aria-label={label} tabIndex={0}>
        {parts.map(({ skipped, lines }) => (
          <div key={lines[0]?.before ?? lines[0]?.after}>
            {skipped > 0 && <div className="diff-skipped quiet">⋯ {say('skipped', { count: skipped })}</div>}
            {lines.map((line) => (
              <Line key={`${line.before} ${line.after}`} of={line} />
            ))}
          </div>
        ))}
      </section>
    </>
  )
}

const signs = { same: ' ', added: '+', removed: '−' } as const

/** A line with its sign: colour alone says nothing, and what is read aloud says it in a word. */
function Line({ of: { kind, text } }: { of: DiffLine }) {
  const say = useWords(words)
  const Text = kind === 'added' ? 'ins' : kind === 'removed' ? 'del' : 'span'
  return (
    <div className={`diff-line ${kind}`}>
      <span aria-hidden="true">{signs[kind]}</span>
      {kind !== 'same' && (
        <span className="unseen">{say(kind === 'added' ? 'addedLine' : 'removedLine')}</span>
      )}
      <Text>{text}</Text>
    </div>
  )
}
