import { type ReactNode, useEffect } from 'react'
import mark from '../slipway.svg'
import { type Language, languages, speak, useLanguage } from '../words/words.ts'

/** A page for those who are not signed in yet. */
export function Entrance({ title, aside, children }: { title: string; aside?: string; children: ReactNode }) {
  const language = useLanguage()
  useEffect(() => {
    document.title = `${title} · Slipway`
  }, [title])
  return (
    <main className="entrance">
      <div className="entrance-card">
        <img src={mark} width={40} height={40} alt="Slipway" />
        <h1>{title}</h1>
        {aside && <p className="quiet">{aside}</p>}
        {children}
        <div className="entrance-languages">
          {Object.entries(languages).map(([key, name]) => (
            <button
              key={key}
              type="button"
              lang={key}
              aria-pressed={key === language}
              onClick={() => speak(key as Language)}
            >
              {name}
            </button>
          ))}
        </div>
      </div>
    </main>
  )
}
