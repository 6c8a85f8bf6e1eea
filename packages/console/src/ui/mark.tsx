import type { ReactNode } from 'react'

/** How something is: the colour is said by a sign and a word too, for those who see no colour. */
export type Tone = 'good' | 'busy' | 'bad' | 'warn' | 'idle'

const signs: Record<Tone, string> = { good: '●', busy: '◐', bad: '✕', warn: '▲', idle: '○' }

/** A state, as a sign and a word. */
export function Mark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`mark ${tone}`}>
      <span aria-hidden="true" className="mark-sign">
        {signs[tone]}
      </span>
      {children}
    </span>
  )
}
