import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useWords } from '../words/words.ts'
import { Navigation } from './navigation.tsx'
import { ProjectSwitcher } from './project-switcher.tsx'
import { useShortcut } from './shortcut.ts'
import { UserMenu } from './user-menu.tsx'
import { words } from './words.ts'

const Palette = lazy(() => import('./palette.tsx'))

/** What stands around every page of somebody who is signed in. */
export function Shell() {
  const say = useWords(words)
  const [isMenuOpen, setMenuOpen] = useState(false)
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  useShortcut('k', () => setPaletteOpen((open) => !open))
  return (
    <div className={isMenuOpen ? 'shell menu-open' : 'shell'}>
      <a className="skip" href="#page">
        {say('skip')}
      </a>
      <header className="bar">
        <button
          type="button"
          className="menu-button"
          aria-label={say('menu')}
          aria-expanded={isMenuOpen}
          aria-controls="navigation"
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          ☰
        </button>
        <span className="brand">Slipway</span>
        <ProjectSwitcher />
        <button type="button" className="palette-button" onClick={() => setPaletteOpen(true)}>
          <span>{say('palette')}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <UserMenu />
      </header>
      <Navigation onGone={() => setMenuOpen(false)} />
      <main id="page" tabIndex={-1}>
        <Outlet />
      </main>
      {isPaletteOpen && (
        <Suspense>
          <Palette onClose={() => setPaletteOpen(false)} />
        </Suspense>
      )}
    </div>
  )
}
