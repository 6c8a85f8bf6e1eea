import { Link } from '@tanstack/react-router'
import { version } from '../../../../../package.json'
import { useMay } from '../../me/me.ts'
import { Section } from '../../ui/page.tsx'
import { useWords } from '../../words/words.ts'
import { words } from './words.ts'

/** What this is, and where to read on without leaving the install. */
export function About() {
  const say = useWords(words)
  const may = useMay()
  return (
    <Section title={say('about')}>
      <ul className="rows">
        <li className="row">
          <strong>Slipway</strong>
          <span className="number">{version}</span>
        </li>
        <li className="row">
          <strong>{say('api')}</strong>
          <p>
            <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>{' '}
            <span className="quiet">{say('apiHint')}</span>
          </p>
        </li>
        {may('InstallService_GetHealth') && (
          <li className="row">
            <strong>{say('health')}</strong>
            <Link to="/install">{say('healthHint')}</Link>
          </li>
        )}
      </ul>
    </Section>
  )
}
