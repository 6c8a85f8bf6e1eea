import { useState } from 'react'
import { durationOf, useNow } from './time.tsx'

const PATIENCE_S = 1

/** Says what is waited for, and after a second since when: nothing spins without a reason. */
export function Waiting({ what }: { what: string }) {
  const now = useNow()
  const [since] = useState(now)
  const seconds = Math.round((now - since) / 1000)
  return (
    <p className="waiting quiet" role="status">
      {what}
      {seconds > PATIENCE_S && <span className="number"> {durationOf(seconds)}</span>}
    </p>
  )
}
