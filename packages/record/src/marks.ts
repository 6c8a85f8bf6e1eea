import { createHash } from 'node:crypto'

/** A place in a file, and the sha256 of everything before it. */
type Mark = { bytes: number; sha256: string }

/** The sum of a file, and marks on the way to it. */
export type Marked = Mark & { marks: Mark[] }

const FIRST_DISTANCE = 4 * 1024
/** So many are never kept: before that every second one goes, and they stand twice as far apart from then on. */
const MOST = 64

/** Sums a file up as it passes. The marks are what names the place when a byte of it is another one day. */
export function summing(): { add: (chunk: Buffer) => void; end: () => Marked } {
  const hash = createHash('sha256')
  const at = (bytes: number): Mark => ({ bytes, sha256: hash.copy().digest('hex') })
  let distance = FIRST_DISTANCE
  let marks: Mark[] = []
  let bytes = 0
  return {
    add: (chunk) => {
      let rest = chunk
      while (bytes + rest.length >= nextAfter(bytes, distance)) {
        const piece = rest.subarray(0, nextAfter(bytes, distance) - bytes)
        rest = rest.subarray(piece.length)
        hash.update(piece)
        bytes += piece.length
        marks.push(at(bytes))
        if (marks.length < MOST) continue
        distance *= 2
        marks = marks.filter((mark) => mark.bytes % distance === 0)
      }
      hash.update(rest)
      bytes += rest.length
    },
    end: () => ({ ...at(bytes), marks }),
  }
}

function nextAfter(bytes: number, distance: number): number {
  return (Math.floor(bytes / distance) + 1) * distance
}

/** How many bytes from its beginning a file is as it was summed up; undefined when it is so to its end. */
export async function soundBytes(
  file: AsyncIterable<Buffer>,
  { bytes, sha256, marks }: Marked,
): Promise<number | undefined> {
  const hash = createHash('sha256')
  const places = [...marks, { bytes, sha256 }]
  let [read, sound, index] = [0, 0, 0]
  for await (const chunk of file) {
    let rest = chunk
    for (let next = places[index]; next && read + rest.length >= next.bytes; next = places[++index]) {
      const piece = rest.subarray(0, next.bytes - read)
      rest = rest.subarray(piece.length)
      hash.update(piece)
      read += piece.length
      if (hash.copy().digest('hex') !== next.sha256) return sound
      sound = next.bytes
    }
    hash.update(rest)
    read += rest.length
  }
  return read === bytes && index === places.length ? undefined : sound
}
