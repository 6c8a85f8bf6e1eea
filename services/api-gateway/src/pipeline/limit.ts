import { exhausted, type SlipwayError } from '@slipway/errors'
import type { Rates } from '../config.ts'

/** How often one principal or address may call. */
export type Limits = {
  source: (address: string) => void
  principal: (user: string) => void
  /** Counts a try to sign in: each takes 20 MB and 30 ms, and guesses many names. */
  signIn: (address: string) => void
  /** Counts one more stream that somebody reads, until `ended` aborts. */
  stream: (user: string, ended: AbortSignal) => void
  /** Whether one more refusal of a caller without a valid token is recorded, only counted, or not even looked at. */
  stranger: (address: string) => 'record' | 'count' | 'turn away'
  /** Whether one more refusal by these limits is recorded. */
  recorded: (address: string) => boolean
}

// The audit must not be a way to fill the disk. Of refusals of strangers as many as `refusals` at once (600) and then one a second of an
// address are recorded; of all addresses together 6,000 at once and then two a second: 170,000 rows or 70 MB a day, each kept for 30 days.
const STRANGERS = { rate: 2, depth: 6_000 }
const RECORDED = { rate: 1 / 60, depth: 1 }
/** Streams that one person may read at once: each holds a consumer of the bus and a stream to the runner for each run. */
const STREAMS = 64
const FIELD = 'rate'
const HELD = 10_000

/**
 * Token buckets; what may be called in a second may come twice at once. Every replica counts for itself: a limit protects a process, so its
 * truth may live there.
 */
export function createLimits(rates: Rates, now: () => Date): Limits {
  const sources = buckets({ rate: rates.source, depth: rates.source * 2 }, now)
  const principals = buckets({ rate: rates.principal, depth: rates.principal * 2 }, now)
  const signIns = buckets({ rate: 1, depth: rates.signIns }, now)
  const stranger = buckets({ rate: 1, depth: rates.refusals }, now)
  const strangers = buckets(STRANGERS, now)
  const streams = new Map<string, number>()
  return {
    source: (address) => {
      if (!sources(address)) throw tooMany(`${rates.source} calls per second from one address`)
    },
    principal: (user) => {
      if (!principals(user)) throw tooMany(`${rates.principal} calls per second of one person`)
    },
    signIn: (address) => {
      if (!signIns(address)) throw tooMany('one try to sign in per second from one address')
    },
    stream: (user, ended) => {
      const open = streams.get(user) ?? 0
      if (open >= STREAMS) throw exhausted(FIELD, `More than ${STREAMS} streams at once.`, 'End one first.')
      streams.set(user, open + 1)
      const release = () => {
        const left = (streams.get(user) ?? 1) - 1
        if (left > 0) streams.set(user, left)
        else streams.delete(user)
      }
      ended.addEventListener('abort', release, { once: true })
    },
    stranger: (address) => {
      if (!stranger(address)) return 'turn away'
      return strangers('all') ? 'record' : 'count'
    },
    recorded: buckets(RECORDED, now),
  }
}

/** Whether an error is one of these limits' own. */
export function isRefusedByLimit({ code, problems }: SlipwayError): boolean {
  return code === 'Exhausted' && problems[0]?.field === FIELD
}

function tooMany(limit: string) {
  return exhausted(FIELD, `More than ${limit}.`, 'Wait a second, then call again.')
}

function buckets(
  { rate, depth }: { rate: number; depth: number },
  now: () => Date,
): (key: string) => boolean {
  const held = new Map<string, { left: number; at: number }>()
  return (key) => {
    const at = now().getTime()
    const bucket = held.get(key) ?? { left: depth, at }
    // A clock that is set back takes nothing away.
    bucket.left = Math.min(depth, bucket.left + (Math.max(0, at - bucket.at) / 1000) * rate)
    bucket.at = at
    held.delete(key)
    held.set(key, bucket)
    // Maps keep the order of insertion: the first is the one unused for longest.
    if (held.size > HELD) held.delete(held.keys().next().value ?? '')
    if (bucket.left < 1) return false
    bucket.left -= 1
    return true
  }
}
