import type { Health } from '../../install/queries.ts'
import { Mark, type Tone } from '../../ui/mark.tsx'
import { Section } from '../../ui/page.tsx'
import { Ago } from '../../ui/time.tsx'
import { useLanguage, useWords } from '../../words/words.ts'
import { words } from './words.ts'

const tones = { ended: 'bad', late: 'warn', holds: 'good' } as const satisfies Record<string, Tone>

/** The certificates by which the parts of the install know each other, and until when each holds. */
export function Certificates({
  of: { certificates, troubles, at },
}: {
  of: Pick<Health, 'certificates' | 'troubles' | 'at'>
}) {
  const say = useWords(words)
  const language = useLanguage()
  return (
    <Section title={say('certificates')}>
      <ul className="rows">
        {certificates.map(({ name, endsAt = '' }) => {
          const hasEnded = Date.parse(endsAt) <= Date.parse(at ?? '')
          const isLate = troubles.some(({ about }) => about === name || about === `certificate of ${name}`)
          const state = hasEnded ? 'ended' : isLate ? 'late' : 'holds'
          const end = new Date(endsAt).toLocaleDateString(language, { dateStyle: 'medium' })
          return (
            <li key={name} className="row">
              <Mark tone={tones[state]}>{say(state)}</Mark>
              <strong>{name}</strong>
              <span className="quiet">
                {say('until', { end })} (<Ago at={endsAt} />)
              </span>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
