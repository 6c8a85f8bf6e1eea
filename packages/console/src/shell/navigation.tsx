import { Link } from '@tanstack/react-router'
import { useMay } from '../me/me.ts'
import { useProjectHere } from '../project/here.ts'
import { useWords } from '../words/words.ts'
import { type Entry, installEntries, projectEntries } from './entries.ts'
import { words } from './words.ts'

/** The list of pages; of those that take a right only those that the person has it for. */
export function Navigation({ onGone }: { onGone: () => void }) {
  const say = useWords(words)
  const project = useProjectHere()
  const may = useMay(project)
  const mayOutside = useMay()
  const link = ({ to, title }: Entry, exact: boolean) => (
    <li key={to}>
      <Link
        to={to}
        params={{ project: project ?? '' }}
        activeOptions={{ exact, includeSearch: false }}
        activeProps={{ 'aria-current': 'page' }}
        onClick={onGone}
      >
        {say(title)}
      </Link>
    </li>
  )
  return (
    <nav id="navigation" className="navigation" aria-label={say('navigation')}>
      {project && (
        <ul>
          {projectEntries
            .filter(({ needs }) => !needs || may(needs))
            .map((entry) => link(entry, entry.to === '/projects/$project'))}
        </ul>
      )}
      <ul>
        {installEntries
          .filter(({ needs }) => !needs || mayOutside(needs))
          .map((entry) => link(entry, entry.to === '/projects'))}
      </ul>
    </nav>
  )
}
