import type { ErrorComponentProps } from '@tanstack/react-router'
import { ProblemCard } from '../problem/problem-card.tsx'

/** In the place of a page that could not be shown. */
export function Failed({ error, reset }: ErrorComponentProps) {
  return (
    <div className="page">
      <ProblemCard of={error} onAgain={reset} />
    </div>
  )
}
