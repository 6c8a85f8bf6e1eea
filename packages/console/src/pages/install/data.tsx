import type { Health } from '../../install/queries.ts'
import { Mark } from '../../ui/mark.tsx'
import { Section } from '../../ui/page.tsx'
import { sizeOf } from '../../ui/size.ts'
import { useLanguage, useWords } from '../../words/words.ts'
import { words } from './words.ts'

/** Where everything is kept: PostgreSQL, NATS, and the disks under them where they are on this machine. */
export function Data({ of: { database, nats, disks, troubles } }: { of: Health }) {
  const say = useWords(words)
  const language = useLanguage()
  const size = (mib: number) => sizeOf(mib, language)
  return (
    <Section title={say('data')}>
      <ul className="rows">
        {database && (
          <li className="row">
            <Answers if={database.reachable} />
            <div>
              <strong>PostgreSQL</strong> <span className="quiet number">{database.version}</span>
            </div>
            <span className="quiet number">{say('databaseSize', { size: size(database.sizeMib) })}</span>
          </li>
        )}
        {nats && (
          <li className="row">
            <Answers if={nats.reachable} />
            <div>
              <strong>NATS</strong> <span className="quiet number">{nats.version}</span>
            </div>
            <span className="quiet number">
              {say(nats.limitMib > 0 ? 'natsLimit' : 'natsSize', {
                size: size(nats.storedMib),
                limit: size(nats.limitMib),
                count: nats.streams,
              })}
            </span>
          </li>
        )}
        {disks.map(({ path, holds, totalMib, freeMib }) => {
          const trouble = troubles.find(({ about }) => about === path)
          const tone = trouble ? (trouble.severity === 'bad' ? 'bad' : 'warn') : 'good'
          return (
            <li key={path} className="row">
              <Mark tone={tone}>{say('disk')}</Mark>
              <div>
                <span className="code">{path}</span> <span className="quiet">{holds.join(', ')}</span>
              </div>
              <span className="quiet number">
                {say('free', { free: size(freeMib), total: size(totalMib) })}
              </span>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

function Answers({ if: doesAnswer }: { if: boolean }) {
  const say = useWords(words)
  return <Mark tone={doesAnswer ? 'good' : 'bad'}>{say(doesAnswer ? 'answers' : 'away')}</Mark>
}
