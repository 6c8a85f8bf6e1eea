import { Mark, type Tone } from '../ui/mark.tsx'
import { durationOf, useNow } from '../ui/time.tsx'
import { useWords } from '../words/words.ts'
import type { Feed } from './feed.ts'
import type { Connection } from './messages.ts'
import { usePart } from './use-feed.ts'
import { words } from './words.ts'

const tones: Record<Connection['state'], Tone> = {
  connecting: 'idle',
  open: 'busy',
  lost: 'warn',
  ended: 'idle',
}
const keys = { connecting: 'connecting', open: 'live', lost: 'lost', ended: 'ended' } as const

/** Whether what is shown is live, and since when it is not. */
export function ConnectionMark({ feed }: { feed: Feed }) {
  const say = useWords(words)
  const now = useNow()
  const { state, since } = usePart(feed.connection)
  const waits = state === 'connecting' || state === 'lost'
  return (
    <span role="status">
      <Mark tone={tones[state]}>
        {say(keys[state])}
        {waits && ` ${durationOf(Math.max(0, Math.round((now - since) / 1000)))}`}
      </Mark>
    </span>
  )
}
