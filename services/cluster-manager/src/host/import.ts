import type { Problem } from '@slipway/errors'
import { type AddDeps, addHosts } from './create.ts'
import { readHostCsv } from './csv.ts'
import type { Host } from './host.ts'

/** A problem of one row of a file; the header is row 1. */
export type RowProblem = Problem & { row: number }

/** Adds the hosts of a CSV file: rows with problems are answered by number, the others are added. */
export async function importHosts(
  deps: AddDeps,
  project: string,
  csv: string,
): Promise<{ hosts: Host[]; problems: RowProblem[] }> {
  const rows = readHostCsv(csv)
  const added = await addHosts(
    deps,
    project,
    rows.map(({ host }) => host),
  )
  const hosts = added.flatMap((one) => ('host' in one ? [one.host] : []))
  const problems = added.flatMap((one, at) => {
    const row = rows[at]?.row ?? 0
    if ('host' in one) return []
    return one.problems.map(({ field, message, hint }) => ({ row, field, message, hint }))
  })
  return { hosts, problems }
}
