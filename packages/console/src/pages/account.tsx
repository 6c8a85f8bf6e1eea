import { useMe } from '../me/me.ts'
import { Page } from '../ui/page.tsx'
import { useWords } from '../words/words.ts'
import { PasswordSection } from './account/password.tsx'
import { SessionsSection } from './account/sessions.tsx'
import { TokensSection } from './account/tokens.tsx'
import { words } from './account/words.ts'

/** What belongs to the person who is signed in. */
export default function Account() {
  const say = useWords(words)
  const { user } = useMe()
  return (
    <Page
      title={user?.name ?? say('title')}
      aside={say(user?.administrator ? 'administrator' : 'person')}
      narrow
    >
      <PasswordSection />
      <SessionsSection />
      <TokensSection />
    </Page>
  )
}
