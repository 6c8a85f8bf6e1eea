import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useWords } from '../words/words.ts'
import type { Feed } from './feed.ts'
import type { Line } from './line.ts'
import { usePart } from './use-feed.ts'
import { words } from './words.ts'

/** The chosen line in full: long ones are cut off at the edge of the log. */
export function ChosenLine({
  feed,
  run,
  line: sequence,
  onClose,
}: {
  feed: Feed
  run: string
  line: number
  onClose: () => void
}) {
  const say = useWords(words)
  const drawn = usePart(feed.lines)
  const [line, setLine] = useState<Line>()
  const seen = drawn?.run === run ? drawn.lines[sequence - drawn.first] : undefined
  // It stays when it is scrolled out of view.
  useEffect(() => {
    if (seen) setLine(seen)
  }, [seen])
  if (line?.sequence !== sequence) return null
  return (
    <div className="panel chosen-line">
      <div className="section-head">
        <span className="quiet">
          {[say('line', { number: sequence }), line.host, line.task, line.kind].filter(Boolean).join(' · ')}
        </span>
        <Button size="small" onClick={onClose}>
          {say('close')}
        </Button>
      </div>
      <pre className="code">{line.text}</pre>
    </div>
  )
}
