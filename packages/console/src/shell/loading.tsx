import { Waiting } from '../ui/waiting.tsx'
import { useWords } from '../words/words.ts'
import { words } from './words.ts'

/** In the place of a page that is on its way. */
export function Loading() {
  const say = useWords(words)
  return (
    <div className="page">
      <Waiting what={say('loading')} />
    </div>
  )
}
