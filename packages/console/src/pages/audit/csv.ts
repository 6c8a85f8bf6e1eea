import Papa from 'papaparse'
import type { AuditEntry } from '../../audit/queries.ts'

/** Entries as CSV. A cell that a spreadsheet would carry out as a formula is written as text: names are other people's. */
export function csvOf(entries: readonly AuditEntry[]): string {
  return Papa.unparse([...entries], { escapeFormulae: true })
}
