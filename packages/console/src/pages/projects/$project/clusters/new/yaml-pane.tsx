import { Input } from 'antd'
import { useId, useState } from 'react'
import { lineOf, readYaml, toYaml, type Unreadable } from '../../../../../cluster/spec-yaml.ts'
import { useWords } from '../../../../../words/words.ts'
import type { Draft } from './draft.ts'
import { useWizard } from './wizard.tsx'
import { words } from './words.ts'

/** The draft as YAML. What can be read is the draft at once; what can't stays as it was typed. */
export default function YamlPane() {
  const say = useWords(words)
  const { draft, keep, checked } = useWizard()
  const id = useId()
  const [text, setText] = useState(() => textOf(draft))
  const read = readYaml(text)
  const unreadable: Unreadable | undefined = 'unreadable' in read ? read.unreadable : undefined
  const type = (typed: string) => {
    setText(typed)
    const now = readYaml(typed)
    keep((was) => {
      const next = 'unreadable' in now ? was : { ...was, ...now }
      return { ...next, typed: { text: typed, stands: standsFor(next) } }
    })
  }
  return (
    <div className="stack">
      <label htmlFor={id}>{say('yaml')}</label>
      <p id={`${id}-why`} className="quiet">
        {say('yamlWhy')}
      </p>
      <Input.TextArea
        id={id}
        className="code yaml"
        spellCheck={false}
        autoSize={{ minRows: 16, maxRows: 40 }}
        aria-describedby={`${id}-why ${id}-faults`}
        aria-invalid={unreadable !== undefined || checked.faults.length > 0}
        status={unreadable ? 'error' : undefined}
        value={text}
        onChange={({ target }) => type(target.value)}
      />
      <ul id={`${id}-faults`} className="faults" aria-live="polite">
        {unreadable && (
          <li>
            <strong>{say('line', { line: unreadable.line })}</strong>{' '}
            {unreadable.key ? say('noKey', { key: unreadable.key }) : unreadable.message}{' '}
            <span className="quiet">{say('keptText')}</span>
          </li>
        )}
        {!unreadable &&
          checked.faults.map(({ field, message, hint }) => (
            <li key={`${field} ${message}`}>
              <strong>{say('line', { line: lineOf(text, field) ?? 1 })}</strong>{' '}
              <span className="code">{field}</span> {message}. <span className="quiet">{hint}</span>
            </li>
          ))}
      </ul>
    </div>
  )
}

/** As it was typed, unless the form has changed since. */
function textOf(draft: Draft): string {
  const { name, spec, typed } = draft
  return typed?.stands === standsFor(draft) ? typed.text : toYaml({ name, spec })
}

function standsFor({ name, spec }: Pick<Draft, 'name' | 'spec'>): string {
  return JSON.stringify([name, spec])
}
