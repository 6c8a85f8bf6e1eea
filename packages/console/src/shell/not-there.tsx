import { Link } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'
import { useWords } from '../words/words.ts'
import { Entrance } from './entrance.tsx'
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

/** The same for those who are not signed in: there is nothing around it yet. */
export function NowhereYet() {
  const say = useWords(words)
  return (
    <Entrance title={say('notThere')} aside={say('notThereHint')}>
      <p>
        <Link to="/sign-in">{say('toSignIn')}</Link>
      </p>
    </Entrance>
  )
}
