import { Link } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'
import { useWords } from '../words/words.ts'
import { words } from './words.ts'

/** In the place of a page that does not exist. */
export function NotThere() {
  const say = useWords(words)
  return (
    <Page title={say('notThere')} aside={say('notThereHint')}>
      <Link to="/">{say('toHome')}</Link>
    </Page>
  )
}
