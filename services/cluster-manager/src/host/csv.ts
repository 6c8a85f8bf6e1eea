import { invalid } from '@slipway/errors'
import { CsvError, parse } from 'csv-parse/sync'
import { type NewHost, SSH_PORT } from './host.ts'

const columns = ['name', 'address', 'port', 'credential', 'tags', 'profile'] as const
type Column = (typeof columns)[number]
const needed: readonly Column[] = ['name', 'address', 'credential']
const MOST_ROWS = 5_000

/** The file to fill in: the header and one row as an example. */
export const importTemplate = `${columns.join(',')}\nweb-1,192.0.2.10,22,my-credential,rack-1;blue,\n`

/** One row: the line on which it ends in the file (the header is 1) and the host that it describes. */
export type Row = { row: number; host: NewHost }

/** Reads hosts from CSV text with a header line; throws Invalid when the file as a whole can't be read. */
export function readHostCsv(text: string): Row[] {
  const records = readRecords(text)
  if (records.length > MOST_ROWS) {
    const message = `holds ${records.length} hosts, at most ${MOST_ROWS} are taken at once`
    throw invalid([{ field: 'csv', message, hint: 'Split the file.' }])
  }
  return records.map(({ record, info }) => ({ row: info.lines, host: toHost(record) }))
}

type Parsed = { record: Partial<Record<Column, string>>; info: { lines: number } }

function readRecords(text: string): Parsed[] {
  try {
    const options = { bom: true, trim: true, skip_empty_lines: true, info: true, columns: readHeader }
    return parse(text, options) as unknown as Parsed[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const hint = 'Take the template: commas between columns, quotes around a value with a comma.'
    throw invalid([{ field: 'csv', message: error.message, hint }])
  }
}

function readHeader(header: string[]): string[] {
  const names = header.map((name) => name.toLowerCase())
  const problems = [
    ...needed.filter((name) => !names.includes(name)).map((name) => `lacks the column ${name}`),
    ...names
      .filter((name) => !columns.some((known) => known === name))
      .map((name) => `has a column ${JSON.stringify(name)}, which means nothing here`),
    ...names.filter((name, at) => names.indexOf(name) < at).map((name) => `has the column ${name} twice`),
  ]
  if (problems.length > 0) {
    const hint = `The first line names the columns: ${columns.join(',')}.`
    throw invalid(problems.map((message) => ({ field: 'csv', message, hint })))
  }
  return names
}

/** A port that is no number becomes 0, which the check of hosts refuses. */
function toHost({
  name = '',
  address = '',
  port = '',
  credential = '',
  tags = '',
  profile = '',
}: Parsed['record']): NewHost {
  const split = tags.split(';').map((tag) => tag.trim())
  return {
    name,
    address,
    port: port === '' ? SSH_PORT : /^\d{1,5}$/.test(port) ? Number(port) : 0,
    credential,
    tags: [...new Set(split.filter(Boolean))],
    profile,
  }
}
