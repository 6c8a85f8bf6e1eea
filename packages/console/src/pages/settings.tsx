import { Select } from 'antd'
import { useId } from 'react'
import { chooseMode, type Mode, modes, useMode } from '../appearance/mode.ts'
import { words as shellWords } from '../shell/words.ts'
import { Page, Section } from '../ui/page.tsx'
import { type Language, languages, speak, useLanguage, useWords } from '../words/words.ts'
import { About } from './settings/about.tsx'
import { words } from './settings/words.ts'

/** How the console looks and speaks in this browser, and what it is. */
export default function Settings() {
  const say = useWords(words)
  const sayShell = useWords(shellWords)
  const language = useLanguage()
  const mode = useMode()
  return (
    <Page title={say('title')} aside={say('aside')} narrow>
      <Section title={say('browser')}>
        <div className="stack">
          <Choice<Language>
            label={sayShell('language')}
            value={language}
            options={Object.entries(languages).map(([value, label]) => ({ value: value as Language, label }))}
            onChoose={speak}
          />
          <Choice<Mode>
            label={sayShell('appearance')}
            value={mode}
            options={modes.map((value) => ({ value, label: sayShell(value) }))}
            onChoose={chooseMode}
          />
        </div>
      </Section>
      <About />
    </Page>
  )
}

function Choice<Value extends string>({
  label,
  value,
  options,
  onChoose,
}: {
  label: string
  value: Value
  options: { value: Value; label: string }[]
  onChoose: (value: Value) => void
}) {
  const id = useId()
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      <div>
        <Select<Value> id={id} className="filter" value={value} options={options} onChange={onChoose} />
      </div>
    </div>
  )
}
