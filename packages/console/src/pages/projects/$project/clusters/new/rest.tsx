import { Section } from '../../../../../ui/page.tsx'
import { useWords } from '../../../../../words/words.ts'
import { Field } from './field.tsx'
import { restFields } from './fields.ts'
import { profileOf, profiles, withProfile } from './profiles.ts'
import { useWizard } from './wizard.tsx'
import { words } from './words.ts'

const groups = ['workloads', 'apiServer', 'etcd', 'runtime'] as const

/** What is left: a profile that fills it in, and every field of it. */
export default function Rest() {
  const say = useWords(words)
  const { draft, keep } = useWizard()
  const like = profileOf(draft)
  return (
    <>
      <fieldset className="profiles">
        <legend>
          <h2>{say('profile')}</h2>
        </legend>
        <p className="quiet">{say('profileWhy')}</p>
        <div className="profile-choices">
          {profiles.map((name) => (
            <button
              key={name}
              type="button"
              className="profile"
              aria-pressed={like === name}
              onClick={() => keep((was) => withProfile(was, name))}
            >
              <strong>{say(name)}</strong>
              <span className="quiet">{say(`${name}Why`)}</span>
            </button>
          ))}
        </div>
      </fieldset>
      {groups.map((group) => (
        <Section key={group} title={say(group)}>
          <div className="field-grid">
            {restFields[group].map(([path, kind]) => (
              <Field key={path} path={path} kind={kind} />
            ))}
          </div>
        </Section>
      ))}
    </>
  )
}
