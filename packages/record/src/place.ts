import { createReadStream } from 'node:fs'
import { constants, createGunzip } from 'node:zlib'

/** Where something in a record is, for a person: the last whole line before it. */
export type Place = { line: number; told: string; isRecord: boolean; isLast: boolean }

/** Beyond it a line is none of ours. */
const LONGEST_LINE = 64 * 2 ** 20

/** How far the first bytes of a file lead as a record, though they stop anywhere or make no sense from somewhere on. */
export async function placeAfter(path: string, bytes: number): Promise<Place> {
  const place: Place = { line: 0, told: 'its beginning', isRecord: false, isLast: false }
  if (bytes === 0) return place
  const packed = createReadStream(path, { end: bytes - 1 })
  try {
    for await (const { text, number } of wholeLines(packed.pipe(createGunzip(HALF_IS_FINE)))) {
      const part: unknown = JSON.parse(text)
      if (number === 1 && !isHead(part)) return place
      Object.assign(place, { line: number, told: tell(part), isRecord: true, isLast: hasKey(part, 'end') })
      if (place.isLast) return place
    }
  } catch {
    // What can't be unpacked or read any more is what is looked for: the place before it stands.
  } finally {
    packed.destroy()
  }
  return place
}

const HALF_IS_FINE = { finishFlush: constants.Z_SYNC_FLUSH }

async function* wholeLines(source: AsyncIterable<Buffer>): AsyncGenerator<{ text: string; number: number }> {
  let rest: Buffer = Buffer.alloc(0)
  let number = 0
  for await (const chunk of source) {
    rest = Buffer.concat([rest, chunk])
    let from = 0
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10, from)) {
      number += 1
      yield { text: rest.toString('utf8', from, at), number }
      from = at + 1
    }
    rest = rest.subarray(from)
    if (rest.length > LONGEST_LINE) return
  }
}

function isHead(part: unknown): boolean {
  return hasKey(part, 'record')
}

function hasKey(part: unknown, key: string): boolean {
  return typeof part === 'object' && part !== null && key in part
}

/** What a line holds, in words; nothing of it is known to be true, or fit for a terminal. */
function tell(part: unknown): string {
  const [[kind = '', value] = []] = Object.entries(part ?? {})
  const { run, sequence, step, attempt } = (value ?? {}) as Record<string, unknown>
  if (kind === 'line') return `line ${word(sequence)} of the output of ${word(run)}`
  if (kind === 'event') return `event ${word(sequence)}`
  if (kind === 'attempt' || kind === 'run') return `${kind} of step ${word(step)}, attempt ${word(attempt)}`
  return word(kind)
}

function word(value: unknown): string {
  return String(value)
    .replaceAll(/[^\w.-]/g, '?')
    .slice(0, 100)
}
