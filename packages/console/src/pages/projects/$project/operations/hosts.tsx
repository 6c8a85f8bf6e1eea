import type { Operation, Step } from '../../../../operation/queries.ts'
import { lookOf } from '../../../../operation/step-state.tsx'
import { stepWords } from '../../../../operation/words.ts'
import type { Feed } from '../../../../output/feed.ts'
import type { RunHeard } from '../../../../output/line.ts'
import { usePart } from '../../../../output/use-feed.ts'
import { Mark } from '../../../../ui/mark.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

/** More rows are no help to anybody; those with trouble come first. */
const MOST = 200

type Runs = ReadonlyMap<string, RunHeard>

/** What each step did on each host. */
export function Hosts({
  operation,
  feed,
  onChoose,
}: {
  operation: Operation
  feed: Feed
  onChoose: (step: string, host: string) => void
}) {
  const say = useWords(words)
  const runs = usePart(feed.runs)
  const steps = operation.steps.filter(({ nodes }) => nodes.length > 0)
  const hosts = [...new Set(steps.flatMap(({ nodes }) => nodes))]
  const trouble = new Map(
    hosts.map((host) => [host, steps.filter((step) => failedOn(step, host, runs)).length]),
  )
  const sorted = hosts.toSorted(
    (one, other) => (trouble.get(other) ?? 0) - (trouble.get(one) ?? 0) || one.localeCompare(other),
  )
  if (hosts.length === 0) return <p className="panel quiet">{say('noHosts')}</p>
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys */}
      <section className="table matrix" aria-label={say('hosts')} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('host')}</th>
              {steps.map(({ name, title }) => (
                <th key={name} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, MOST).map((host) => (
              <tr key={host}>
                <th scope="row">{host}</th>
                {steps.map((step) => (
                  <td key={step.name}>
                    <Cell step={step} host={host} runs={runs} onChoose={() => onChoose(step.name, host)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {hosts.length > MOST && <p className="quiet">{say('moreHosts', { count: hosts.length - MOST })}</p>}
    </>
  )
}

function Cell({
  step,
  host,
  runs,
  onChoose,
}: {
  step: Step
  host: string
  runs: Runs
  onChoose: () => void
}) {
  const say = useWords(words)
  const sayState = useWords(stepWords)
  if (!step.nodes.includes(host)) return <span className="quiet">–</span>
  const heard = runs.get(step.run)?.hosts[host]
  const { tone, word } = lookOf(step)
  const mark = failedOn(step, host, runs) ? (
    <Mark tone="bad">{say('failedHere')}</Mark>
  ) : tone === 'bad' ? (
    <Mark tone="idle">{say('stoppedHere')}</Mark>
  ) : (
    <Mark tone={tone}>{sayState(word)}</Mark>
  )
  if (!heard) return mark
  return (
    <button type="button" className="matrix-cell" onClick={onChoose} title={say('at', { task: heard.task })}>
      {mark}
      {(step.state === 'running' || step.state === 'failed') && (
        <span className="quiet matrix-task">{heard.task}</span>
      )}
    </button>
  )
}

/** Whether a step failed on a host, as the failure or the output of its last attempt says. */
function failedOn({ state, failure, run }: Step, host: string, runs: Runs): boolean {
  if (state === 'succeeded') return false
  return failure?.host === host || (runs.get(run)?.hosts[host]?.failedAt ?? 0) > 0
}
