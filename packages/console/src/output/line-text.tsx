import { Fragment } from 'react'
import type { Line } from './line.ts'

/** A line of output: when, of which host, what came of it, what was said. Texts of hosts are shown as they are, and never more. */
export function LineText({
  line: { sequence, at, host, kind, task, text },
  origin,
  search,
}: {
  line: Line
  origin: string | undefined
  search: string
}) {
  const isResult = kind !== 'line' && kind !== 'task'
  return (
    <>
      <span className="log-number">{origin ? `${origin} ${sequence}` : sequence}</span>
      <span className="log-time">{at ? timeOf(at) : ''}</span>
      {host && <span className="log-host">{host}</span>}
      {isResult && <span className="log-kind">{kind}</span>}
      {(kind === 'ok' || kind === 'changed' || kind === 'skipped') && (
        <span className="log-task">{task}</span>
      )}
      <span className="log-text">
        <Highlighted text={text} search={search} />
      </span>
    </>
  )
}

/** Marks what was searched for, as the server finds it: in any case. */
function Highlighted({ text, search }: { text: string; search: string }) {
  if (search === '') return text
  const parts: { begin: number; said: string; isFound: boolean }[] = []
  const [lower, wanted] = [text.toLowerCase(), search.toLowerCase()]
  // Some letters change their length in lower case: then nothing is marked rather than the wrong part.
  if (lower.length !== text.length) return text
  let begin = 0
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, begin)) {
    parts.push({ begin, said: text.slice(begin, at), isFound: false })
    parts.push({ begin: at, said: text.slice(at, at + wanted.length), isFound: true })
    begin = at + wanted.length
  }
  parts.push({ begin, said: text.slice(begin), isFound: false })
  return parts.map(({ begin, said, isFound }) =>
    isFound ? <mark key={begin}>{said}</mark> : <Fragment key={`${begin} plain`}>{said}</Fragment>,
  )
}

const pad = (number: number) => String(number).padStart(2, '0')

// A date's own way into words costs a hundred times as much, for each line of each drawing.
function timeOf(at: number): string {
  const time = new Date(at)
  return `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`
}
