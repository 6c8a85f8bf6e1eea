import type { ReactNode } from 'react'
import { useEffect } from 'react'

/** A page: its title, what can be done on it, what it shows. The title is the tab's too. */
export function Page({
  title,
  aside,
  actions,
  children,
  narrow = false,
}: {
  title: string
  /** A short sentence under the title. */
  aside?: ReactNode
  actions?: ReactNode
  children: ReactNode
  /** For what is read line by line: forms, settings. */
  narrow?: boolean
}) {
  useEffect(() => {
    document.title = `${title} · Slipway`
  }, [title])
  return (
    <div className={narrow ? 'page narrow' : 'page'}>
      <header className="page-head">
        <div className="page-title">
          <h1>{title}</h1>
          {aside && <p className="quiet">{aside}</p>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A part of a page with a heading of its own. */
export function Section({
  title,
  actions,
  children,
}: {
  title: string
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="section">
      <header className="section-head">
        <h2>{title}</h2>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </section>
  )
}
