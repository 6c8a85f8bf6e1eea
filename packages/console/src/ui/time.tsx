import { useEffect, useState } from 'react'
import { useLanguage } from '../words/words.ts'

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** How long ago something was, kept true while it is looked at; the exact time is its title. */
export function Ago({ at }: { at: string | undefined }) {
  const language = useLanguage()
  const now = useNow()
  if (!at) return <span className="quiet">–</span>
  const time = new Date(at)
  return (
    <time dateTime={at} title={time.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' })}>
      {inWords((time.getTime() - now) / 1000, language)}
    </time>
  )
}

/** How long something took, or has taken so far: `3 min 20 s`. */
export function Took({ from, to }: { from: string | undefined; to: string | undefined }) {
  const now = useNow()
  if (!from) return <span className="quiet">–</span>
  const seconds = Math.max(0, Math.round(((to ? Date.parse(to) : now) - Date.parse(from)) / 1000))
  return <span className="number">{durationOf(seconds)}</span>
}

/** Seconds as people read them: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

/** The time of now, every second. One clock for all: rows move together. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

function inWords(seconds: number, language: string): string {
  const say = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return say.format(Math.trunc(seconds / length), unit)
  }
  return say.format(0, 'second')
}
