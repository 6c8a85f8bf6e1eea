import { Button, Checkbox, Input, Select } from 'antd'
import { useState } from 'react'
import type { Operation } from '../operation/queries.ts'
import { runsOf, stepOfNow } from '../operation/run.ts'
import type { OperationSearch } from '../operation/search.ts'
import { useWords } from '../words/words.ts'
import { DownloadButton } from './download-button.tsx'
import type { Feed } from './feed.ts'
import { firstErrorOf } from './first-error.ts'
import type { Wanted } from './queries.ts'
import { usePart } from './use-feed.ts'
import { words } from './words.ts'

/** What is looked at in the output: step, host, a text; and ways to get somewhere in it. */
export function OutputTools({
  operation,
  feed,
  search,
  wanted,
  onLook,
  onOpen,
}: {
  operation: Operation
  feed: Feed
  search: OperationSearch
  wanted: Wanted
  onLook: (search: OperationSearch) => void
  onOpen: (run: string, line: number) => void
}) {
  const say = useWords(words)
  const runs = usePart(feed.runs)
  const error = firstErrorOf(operation, runs)
  const isFollowing = search.follow !== false && search.line === undefined
  const { follow: _follow, line: _line, ...place } = search
  const { host: _host, ...anyHost } = place
  const { find: _find, ...anyText } = place
  return (
    <div className="filters">
      <StepChoice operation={operation} search={search} onLook={onLook} />
      <Select
        className="filter"
        aria-label={say('host')}
        value={search.host ?? ''}
        showSearch
        options={[
          { value: '', label: say('anyHost') },
          ...hostsOf(operation, runs).map((host) => ({ value: host, label: host })),
        ]}
        onChange={(host) => onLook(host ? { ...anyHost, host } : anyHost)}
        popupMatchSelectWidth={false}
      />
      <Finder
        key={search.find}
        label={say('find')}
        value={search.find ?? ''}
        onFind={(find) => onLook(find ? { ...anyText, find } : anyText)}
      />
      <Checkbox
        className="follow"
        checked={isFollowing}
        disabled={search.host !== undefined || search.find !== undefined}
        onChange={({ target }) => onLook(target.checked ? place : { ...place, follow: false })}
      >
        {say('follow')}
      </Checkbox>
      {error && <Button onClick={() => onOpen(error.run, error.line)}>{say('firstError')}</Button>}
      <DownloadButton operation={operation} wanted={wanted} />
    </div>
  )
}

function StepChoice({
  operation,
  search,
  onLook,
}: {
  operation: Operation
  search: OperationSearch
  onLook: (search: OperationSearch) => void
}) {
  const say = useWords(words)
  const now = stepOfNow(operation)
  const options = operation.steps.flatMap((step) =>
    runsOf(step).map(({ attempt }) => ({
      value: `${step.name} ${attempt}`,
      label: step.attempt > 1 ? `${step.title} · ${say('attempt', { number: attempt })}` : step.title,
    })),
  )
  const step = operation.steps.find(({ name }) => name === search.step)
  const value = step ? `${step.name} ${search.attempt ?? step.attempt}` : ''
  return (
    <Select
      className="step-choice"
      aria-label={say('step')}
      value={options.some((one) => one.value === value) ? value : ''}
      options={[{ value: '', label: now ? say('now', { step: now.title }) : say('nowNothing') }, ...options]}
      onChange={(chosen) => {
        const [name = '', attempt] = chosen.split(' ')
        const { step: _step, attempt: _attempt, line: _line, follow: _follow, ...rest } = search
        const last = operation.steps.find((one) => one.name === name)?.attempt
        if (chosen === '') onLook(rest)
        else
          onLook({ ...rest, step: name, ...(Number(attempt) === last ? {} : { attempt: Number(attempt) }) })
      }}
      popupMatchSelectWidth={false}
    />
  )
}

/** Nodes that the steps are about, and whoever else said something. */
function hostsOf({ steps }: Operation, runs: ReturnType<Feed['runs']['get']>): string[] {
  const heard = [...runs.values()].flatMap(({ hosts }) => Object.keys(hosts))
  return [...new Set([...steps.flatMap(({ nodes }) => nodes), ...heard])].toSorted()
}

function Finder({ label, value, onFind }: { label: string; value: string; onFind: (text: string) => void }) {
  const [typed, setTyped] = useState(value)
  return (
    <Input.Search
      className="finder"
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value)
        if (target.value === '') onFind('')
      }}
      onSearch={(text) => onFind(text.trim())}
    />
  )
}
