import { useEffect, useState } from 'react'
import { hasEnded } from '../operation/lifecycle.ts'
import type { Operation, Step } from '../operation/queries.ts'
import { placeOf, runsOf, stepOfNow } from '../operation/run.ts'
import type { OperationSearch } from '../operation/search.ts'
import { Section } from '../ui/page.tsx'
import { useWords } from '../words/words.ts'
import { ChosenLine } from './chosen-line.tsx'
import { ConnectionMark } from './connection.tsx'
import type { Feed } from './feed.ts'
import { FoundLines } from './found-lines.tsx'
import { LiveLog } from './live-log.tsx'
import { OutputTools } from './tools.tsx'
import { words } from './words.ts'
import './output.css'

type Look = (search: OperationSearch) => void

/** The output of an operation: of the step where it is now, or of the one that was chosen; or what was looked for in all. */
export function OutputSection({
  operation,
  feed,
  search,
  onLook,
}: {
  operation: Operation
  feed: Feed
  search: OperationSearch
  /** Changes what is looked at, in the address. */
  onLook: Look
}) {
  const say = useWords(words)
  const { step, run } = whatIsShown(operation, search)
  const wanted = {
    ...(search.step !== undefined && run ? { run } : {}),
    ...(search.host ? { host: search.host } : {}),
    ...(search.find ? { search: search.find } : {}),
  }
  const titleOf = (of: string) =>
    operation.steps.find((one) => runsOf(one).some((known) => known.run === of))?.title ?? of
  const open = (of: string, line: number) => onLook({ view: search.view, ...placeOf(operation, of), line })
  const isSearch = search.host !== undefined || search.find !== undefined
  return (
    <Section title={say('title')} actions={<ConnectionMark feed={feed} />}>
      <OutputTools
        operation={operation}
        feed={feed}
        search={search}
        wanted={wanted}
        onLook={onLook}
        onOpen={open}
      />
      {isSearch && (
        <FoundLines
          project={operation.project}
          operation={operation.id}
          wanted={wanted}
          label={say('log', { step: step?.title ?? '' })}
          titleOf={titleOf}
          mayGrow={!hasEnded(operation.state)}
          onOpen={open}
        />
      )}
      {!isSearch && run && (
        <Log key={run} feed={feed} run={run} title={step?.title ?? ''} search={search} onLook={onLook} />
      )}
      {!isSearch && !run && (
        <p className="panel quiet">{say(step && step.attempt > 0 ? 'prints' : 'nothingYet')}</p>
      )}
    </Section>
  )
}

/** One run's lines. Following is this tab's own state, and stands in the address for a reload: a router is too slow for a wheel. */
function Log({
  feed,
  run,
  title,
  search,
  onLook,
}: {
  feed: Feed
  run: string
  title: string
  search: OperationSearch
  onLook: Look
}) {
  const say = useWords(words)
  const [isFollowing, setFollowing] = useState(search.follow !== false && search.line === undefined)
  useEffect(() => {
    setFollowing(search.follow !== false && search.line === undefined)
  }, [search.follow, search.line])
  const { follow: _follow, line: _line, ...rest } = search
  return (
    <>
      <LiveLog
        feed={feed}
        run={run}
        label={say('log', { step: title })}
        isFollowing={isFollowing}
        onFollow={(follow) => {
          setFollowing(follow)
          onLook(follow ? rest : { ...search, follow: false })
        }}
        chosen={search.line}
        onChoose={(line) => {
          setFollowing(false)
          onLook({ ...rest, line })
        }}
      />
      {search.line !== undefined && (
        <ChosenLine
          feed={feed}
          run={run}
          line={search.line}
          onClose={() => onLook({ ...rest, follow: false })}
        />
      )}
    </>
  )
}

/** The step and the run that an address means. */
function whatIsShown(
  operation: Operation,
  { step: name, attempt }: OperationSearch,
): { step: Step | undefined; run: string | undefined } {
  const step = operation.steps.find((one) => one.name === name) ?? stepOfNow(operation)
  const runs = step ? runsOf(step) : []
  return { step, run: (runs.find((one) => one.attempt === attempt) ?? runs.at(-1))?.run }
}
