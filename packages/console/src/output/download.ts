import type { Wanted } from './queries.ts'
import { readOutput } from './queries.ts'

const PAGE = 5_000

/** Reads all lines that are wanted as one text file, page by page; the browser keeps the pieces outside of the tab's memory. */
export async function downloadOutput(
  project: string,
  id: string,
  {
    wanted,
    name,
    signal,
    onProgress,
  }: { wanted: Wanted; name: string; signal: AbortSignal; onProgress: (lines: number) => void },
): Promise<void> {
  const pieces: Blob[] = []
  let pageToken = ''
  let count = 0
  do {
    const page = await readOutput(project, id, { ...wanted, pageSize: PAGE, pageToken }, signal)
    const text = page.lines.map(
      ({ at = '', run, host, kind, text }) =>
        `${at} ${run.slice(id.length + 1)} ${host || '-'} ${kind} ${text}\n`,
    )
    pieces.push(new Blob(text))
    count += page.lines.length
    onProgress(count)
    pageToken = page.nextPageToken
  } while (pageToken)
  const url = URL.createObjectURL(new Blob(pieces, { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
