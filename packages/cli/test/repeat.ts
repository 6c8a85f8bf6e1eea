import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'

type Rounds = { more: () => Promise<void>; end: () => Promise<string[]> }

/** Repeats calls side by side until `end`, which answers what failed; `more` waits until each was answered twice more. */
export function repeat(calls: Record<string, () => Promise<unknown>>): Rounds {
  const failures: string[] = []
  const counts = Object.fromEntries(Object.keys(calls).map((name) => [name, 0]))
  let going = true
  const loops = Object.entries(calls).map(async ([name, call]) => {
    while (going) {
      await call().catch((error) => failures.push(`${name}: ${error}`))
      counts[name] = (counts[name] ?? 0) + 1
      await pause(20)
    }
  })
  const more = async () => {
    const from = { ...counts }
    const least = () =>
      Math.min(...Object.keys(counts).map((name) => (counts[name] ?? 0) - (from[name] ?? 0)))
    await expect.poll(least, { timeout: 20_000 }).toBeGreaterThanOrEqual(2)
  }
  const end = async () => {
    going = false
    await Promise.all(loops)
    return failures
  }
  return { more, end }
}
