import Papa from 'papaparse'

/** What is wrong with a row, as the API says it. */
type Fault = { field: string; message: string; hint: string }

/** One host as it was written; `line` is where, for people. */
export type Row = { line: number; cells: Readonly<Record<string, string>>; faults: readonly Fault[] }

/** Rows under a header. */
export type Sheet = { fields: readonly string[]; rows: readonly Row[] }

/** The columns of the API's template, in its order. */
const templateFields = ['name', 'address', 'port', 'credential', 'tags', 'profile'] as const

/**
 * Reads what was pasted: CSV with any usual separator, cells of a spreadsheet, or words with spaces between them. Without a
 * header line the columns are those of the template, in its order. Nothing is judged here: the API does.
 */
export function readText(text: string): Sheet {
  const { data } = Papa.parse<string[]>(text.trim(), { skipEmptyLines: 'greedy' })
  const isPlain = data.every((cells) => cells.length === 1)
  return readCells(isPlain ? data.map(([line = '']) => line.trim().split(/\s+/)) : data)
}

/** Reads a file: a workbook's first sheet, else text. */
export async function readFile(file: File): Promise<Sheet> {
  if (!/\.xlsx$/i.test(file.name)) return readText(await file.text())
  const { readSheet } = await import('read-excel-file/browser')
  const cells = await readSheet(file)
  return readCells(cells.map((row) => row.map((cell) => (cell === null ? '' : String(cell)))))
}

/** Rows with the columns that they have and that have been named. */
export function sheetOf(fields: readonly string[], rows: readonly Row[]): Sheet {
  const named = rows.flatMap(({ faults }) => faults.map(({ field }) => field))
  const more = templateFields.filter((field) => named.includes(field) && !fields.includes(field))
  return { fields: [...fields, ...more], rows }
}

/** Each row without a credential gets this one. */
export function withCredential({ fields, rows }: Sheet, credential: string): Sheet {
  return {
    fields: fields.includes('credential') ? fields : [...fields, 'credential'],
    rows: rows.map((row) => (row.cells.credential ? row : { ...row, cells: { ...row.cells, credential } })),
  }
}

/** The sheet as the API takes it: one line for each row. */
export function writeCsv({ fields, rows }: Sheet): string {
  return Papa.unparse(
    { fields: [...fields], data: rows.map(({ cells }) => fields.map((field) => cells[field] ?? '')) },
    { newline: '\n' },
  )
}

function readCells(all: readonly string[][]): Sheet {
  const lines = all.map((cells) => cells.map((cell) => cell.replaceAll(/\s+/g, ' ').trim()))
  const head = lines[0]?.map((cell) => cell.toLowerCase()) ?? []
  const hasHeader = head.includes('name') || head.includes('address')
  const fields = hasHeader ? head : templateFields.slice(0, Math.max(2, ...lines.map(({ length }) => length)))
  const rows = lines.slice(hasHeader ? 1 : 0).flatMap((cells, at) => {
    if (cells.every((cell) => cell === '')) return []
    const named = Object.fromEntries(fields.map((field, column) => [field, cells[column] ?? '']))
    return [{ line: at + (hasHeader ? 2 : 1), cells: named, faults: [] }]
  })
  const missing = hasHeader ? (['name', 'address', 'credential'] as const) : (['credential'] as const)
  return { fields: [...fields, ...missing.filter((field) => !fields.includes(field))], rows }
}
