import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Input, Modal } from 'antd'
import { type KeyboardEvent, useState } from 'react'
import { chooseMode, modes } from '../appearance/mode.ts'
import { useMay } from '../me/me.ts'
import { useSignOut } from '../me/sign-out.ts'
import { useProjectHere } from '../project/here.ts'
import { projectsQuery } from '../project/queries.ts'
import { type Language, languages, speak, useWords } from '../words/words.ts'
import { installEntries, projectEntries } from './entries.ts'
import { words } from './words.ts'

type Choice = { key: string; label: string; go: () => void }

/** Everything that can be gone to or switched, by typing a part of its name. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const say = useWords(words)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const all = useChoices()
  const wanted = typed.trim().toLowerCase()
  const found = all.filter(({ label, key }) => `${label} ${key}`.toLowerCase().includes(wanted))
  const choose = (choice: Choice | undefined) => {
    if (!choice) return
    onClose()
    choice.go()
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter') choose(found[at])
    if (!step || found.length === 0) return
    event.preventDefault()
    const next = (at + step + found.length) % found.length
    setAt(next)
    document.getElementById(`choice-${next}`)?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <Modal open onCancel={onClose} footer={null} closable={false} title={say('palette')} width={520}>
      <Input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={found.length > 0 ? `choice-${at}` : undefined}
        aria-label={say('palette')}
        placeholder={say('paletteHint')}
        value={typed}
        onKeyDown={press}
        onChange={({ target }) => {
          setTyped(target.value)
          setAt(0)
        }}
      />
      <div id="choices" role="listbox" className="choices" aria-label={say('palette')}>
        {found.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys belong to the combobox above
          <div
            key={choice.key}
            id={`choice-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className="choice"
            onMouseEnter={() => setAt(index)}
            onClick={() => choose(choice)}
          >
            {choice.label}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="quiet">{say('nothing')}</p>}
    </Modal>
  )
}

function useChoices(): Choice[] {
  const say = useWords(words)
  const navigate = useNavigate()
  const signOut = useSignOut()
  const here = useProjectHere()
  const may = useMay(here)
  const mayOutside = useMay()
  const { data } = useInfiniteQuery(projectsQuery)
  const projects = data?.pages.flatMap((page) => page.projects) ?? []
  const pages = [
    ...(here ? projectEntries : []).filter(({ needs }) => !needs || may(needs)),
    ...installEntries.filter(({ needs }) => !needs || mayOutside(needs)),
  ]
  return [
    ...pages.map(({ title, to }) => ({
      key: to,
      label: say(title),
      go: () => void navigate({ to, params: { project: here ?? '' } }),
    })),
    ...projects.map(({ id, name }) => ({
      key: id,
      label: say('switchProject', { name }),
      go: () => void navigate({ to: '/projects/$project', params: { project: id } }),
    })),
    ...Object.entries(languages).map(([key, name]) => ({
      key,
      label: say('speak', { name }),
      go: () => speak(key as Language),
    })),
    ...modes.map((mode) => ({
      key: mode,
      label: say('look', { name: say(mode) }),
      go: () => chooseMode(mode),
    })),
    { key: 'sign-out', label: say('signOut'), go: () => signOut.mutate() },
  ]
}
