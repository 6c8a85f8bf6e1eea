import type { OutputLine } from '@slipway/contracts/operation/v1/operation'
import { invalid } from '@slipway/errors'
import type { Line, LineKind } from './line.ts'
import type { Place } from './search.ts'

/** A line as it travels and is stored. */
export function toWire(run: string, line: Line): OutputLine {
  return { ...line, run }
}

/** A line as it was stored or came. */
export function fromWire({ sequence, at, host, task, kind, text }: OutputLine): Line {
  return { sequence, at: at ?? new Date(0), host, task, kind: kind as LineKind, text }
}

/** Where a search goes on, as an opaque text. */
export function tokenOf({ index, after }: Place): string {
  return Buffer.from(JSON.stringify([index, after])).toString('base64url')
}

/** The place in a text that `tokenOf` made; the beginning for none. */
export function placeOf(token: string): Place {
  if (token === '') return { index: 0, after: 0 }
  try {
    const [index, after]: unknown[] = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Number.isSafeInteger(index) && Number.isSafeInteger(after))
      return { index: Number(index), after: Number(after) }
  } catch {
    // falls through: it was not ours
  }
  throw invalid([
    {
      field: 'page_token',
      message: 'is not one of ours',
      hint: 'Send next_page_token as it came, or nothing.',
    },
  ])
}
