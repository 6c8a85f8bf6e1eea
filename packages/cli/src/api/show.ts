import { stringify } from 'yaml'

/** Prints an answer: lists as a table of their plain fields, single objects as YAML, anything as JSON when asked. */
export function show(answer: unknown, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(answer, null, 2)}\n` : text(answer))
}

function text(answer: unknown): string {
  if (typeof answer === 'string') return answer
  const record = answer as Record<string, unknown>
  const list = Object.values(record).find((value) => Array.isArray(value) && typeof value[0] === 'object')
  const more = record.nextPageToken ? `more: --page-token ${record.nextPageToken}\n` : ''
  if (list && Object.keys(record).length <= 2) return `${table(list as Record<string, unknown>[])}${more}`
  return Object.keys(record).length === 0 ? 'done\n' : stringify(record)
}

function table(rows: Record<string, unknown>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) =>
    rows.every((row) => typeof row[column] !== 'object'),
  )
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))]
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)))
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
