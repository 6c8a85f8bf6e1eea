import { createHash, randomUUID } from 'node:crypto'
import { conflict, invalid, unavailable } from '@slipway/errors'
import type { CallName, CallStore } from './store.ts'

/** Seals and opens stored answers: some hold a secret that is shown only once. */
export type AnswerSeal = {
  seal: (name: CallName, answer: Uint8Array) => Promise<string>
  open: (name: CallName, sealed: string) => Promise<Uint8Array>
}

/** Runs calls that carry an idempotency key once. */
export type Once = (
  call: { principal: string; method: string; key: string; request: Uint8Array },
  signal: AbortSignal,
  execute: (scopedKey: string) => Promise<Uint8Array>,
) => Promise<{ answer: Uint8Array; again: boolean }>

const KEPT_MS = 86_400_000
/** Whoever holds a key says so three times in this time; one who has not is dead. */
const BUSY_MS = 15_000
const LOOK_MS = 50
const KEY = /^[\x21-\x7e]{1,128}$/

/**
 * A key belongs to one principal, one method and one request. The stored answer is given again, another request under the
 * same key is a Conflict, and of two at the same time one executes and the other waits for its answer.
 * A call that fails frees its key, as it changed nothing; one whose gateway or database died frees it within `busyMs`.
 */
export function createOnce(
  store: CallStore,
  sealing: AnswerSeal,
  now: () => Date,
  busyMs: number = BUSY_MS,
): Once {
  return async ({ request, ...name }, signal, execute) => {
    if (!KEY.test(name.key)) throw malformed()
    const digest = digestOf(request)
    const execution = randomUUID()
    while (!signal.aborted) {
      const at = now().getTime()
      const busyUntil = new Date(at + busyMs)
      const mine = { digest, execution, busyUntil, expiresAt: new Date(at + KEPT_MS) }
      const known = await store.take(name, mine, now())
      if (!known || (await tookOver(known))) return { answer: await executed(), again: false }
      if (known.digest !== digest) throw otherRequest()
      if (known.answer !== undefined) return { answer: await sealing.open(name, known.answer), again: true }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))

      async function tookOver({
        digest: theirs,
        execution: dead,
        busyUntil: until,
        answer,
      }: NonNullable<typeof known>) {
        if (answer !== undefined || theirs !== digest || dead === '' || until > now()) return false
        return store.takeOver(name, dead, execution, busyUntil)
      }
    }
    throw unavailable('Idempotency-Key', 'The first call with this key is still running.', 'Call again.')

    async function executed(): Promise<Uint8Array> {
      const hold = () => store.hold(name, execution, new Date(now().getTime() + busyMs)).catch(() => {})
      const holding = setInterval(hold, busyMs / 3)
      try {
        const answer = await execute(
          digestOf(JSON.stringify([name.principal, name.method, name.key, digest])),
        )
        await store.answer(name, execution, await sealing.seal(name, answer))
        return answer
      } catch (error) {
        // Without a database it frees itself; the first cause is the one to tell.
        await store.release(name, execution).catch(() => {})
        throw error
      } finally {
        clearInterval(holding)
      }
    }
  }
}

function digestOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

function malformed() {
  return invalid([
    {
      field: 'Idempotency-Key',
      message: 'is not 1 to 128 printable characters without spaces',
      hint: 'Use a UUID of your own for each call.',
    },
  ])
}

function otherRequest() {
  return conflict(
    'Idempotency-Key',
    'The same key was used for another request.',
    'Use a new key for a new request; repeat the request unchanged to get its answer again.',
  )
}
