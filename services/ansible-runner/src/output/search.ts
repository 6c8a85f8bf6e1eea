import type { PrismaClient } from '../gen/prisma/client.ts'
import type { Line } from './line.ts'
import { storedLines } from './store.ts'

/** A line and the run it is of. */
export type Found = { run: string; line: Line }

/** Where a search goes on: the run's place in the list, and the last line that was looked at there. */
export type Place = { index: number; after: number }

/** Characters of a page's lines together: an answer has to fit into the 4 MiB that gRPC clients take by default. */
const PAGE_TEXT = 1024 * 1024

/**
 * Stored lines of runs, in order, that are of a host and hold a text (in any case; empty finds all), a page at a time;
 * a page of long lines is shorter. `next` is where the following page begins; undefined at the end.
 */
export async function searchOutput(
  db: PrismaClient,
  asked: { runs: readonly string[]; host: string; search: string; size: number; from: Place },
): Promise<{ found: Found[]; next: Place | undefined }> {
  const { runs, host, size } = asked
  const wanted = asked.search.toLowerCase()
  const fits = (line: Line) =>
    (host === '' || line.host === host) && (wanted === '' || line.text.toLowerCase().includes(wanted))
  const found: Found[] = []
  let text = 0
  for (let index = asked.from.index; index < runs.length; index++) {
    const run = runs[index] ?? ''
    const after = index === asked.from.index ? asked.from.after : 0
    for await (const lines of storedLines(db, { run, after, host: host || undefined })) {
      for (const line of lines.filter(fits)) {
        if (found.length === size || text > PAGE_TEXT) {
          const last = found.at(-1)
          return { found, next: { index: runs.indexOf(last?.run ?? run), after: last?.line.sequence ?? 0 } }
        }
        found.push({ run, line })
        text += line.text.length
      }
    }
  }
  return { found, next: undefined }
}
