import type { Health } from '../../install/queries.ts'
import { Mark, type Tone } from '../../ui/mark.tsx'
import { Section } from '../../ui/page.tsx'
import { Ago } from '../../ui/time.tsx'
import { useWords } from '../../words/words.ts'
import { words } from './words.ts'

const tones = { ready: 'good', troubled: 'bad', unreachable: 'bad' } as const satisfies Record<string, Tone>

/** The services, each as the replica that answered knows itself. */
export function Services({ of: services }: { of: Health['services'] }) {
  const say = useWords(words)
  return (
    <Section title={say('services')}>
      <ul className="rows">
        {services.map(({ name, state, version, startedAt, problems }) => {
          const known = Object.keys(tones).find((one): one is keyof typeof tones => one === state)
          return (
            <li key={name} className="row">
              <Mark tone={known ? tones[known] : 'idle'}>{known ? say(known) : state}</Mark>
              <div>
                <strong>{name}</strong> <span className="quiet number">{version}</span>
                {problems.map(({ message }) => (
                  <div key={message} className="quiet">
                    {message}
                  </div>
                ))}
              </div>
              {startedAt && (
                <span className="quiet">
                  {say('since')} <Ago at={startedAt} />
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
