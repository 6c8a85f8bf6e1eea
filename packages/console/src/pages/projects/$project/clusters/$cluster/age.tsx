import { durationOf, useNow } from '../../../../../ui/time.tsx'
import { useWords } from '../../../../../words/words.ts'
import { words } from './words.ts'

/** How old what is shown is, to the second: a node is ready because its API server said so then. */
export function Age({ at }: { at: string | undefined }) {
  const say = useWords(words)
  const now = useNow()
  if (!at) return null
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000))
  return (
    <span className="quiet number" title={at}>
      {say('age', { age: durationOf(seconds) })}
    </span>
  )
}
