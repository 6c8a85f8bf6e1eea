import { notFound } from '@slipway/errors'
import { type Page, pageOf, readPage } from '../page.ts'
import type { Database, Transaction } from '../store.ts'
import type { Credential } from './credential.ts'
import { findCredential, findCredentials, listByName } from './store.ts'

/** One credential of a project. */
export async function readCredential(db: Transaction, project: string, id: string): Promise<Credential> {
  const credential = await findCredential(db, project, id)
  if (!credential) throw notFound('credential', id)
  return credential
}

/** Credentials of a project by id, with the ones that they jump through; those that it lacks are left out. */
export async function readCredentials(
  db: Transaction,
  project: string,
  ids: readonly string[],
): Promise<Map<string, Credential>> {
  const direct = await findCredentials(db, project, { ids })
  const jumps = direct.flatMap(({ jumpCredential }) => jumpCredential ?? [])
  const further = jumps.length > 0 ? await findCredentials(db, project, { ids: jumps }) : []
  return new Map([...direct, ...further].map((credential) => [credential.id, credential]))
}

/** The ids of a project's credentials by what a person wrote: an id or a name. An id wins over a name that looks like it. */
export async function resolveCredentials(
  db: Transaction,
  project: string,
  written: readonly string[],
): Promise<Map<string, string>> {
  const found = await findCredentials(db, project, { ids: written, names: written })
  return new Map([
    ...found.map(({ id, name }) => [name, id] as const),
    ...found.map(({ id }) => [id, id] as const),
  ])
}

/** One page of a project's credentials by name. */
export async function listCredentials(
  db: Database,
  request: { project: string; pageSize: number; pageToken: string },
): Promise<{ rows: Credential[]; nextPageToken: string }> {
  const page: Page = readPage(request, 'name')
  const rows = await listByName(db, request.project, { after: page.after, limit: page.size + 1 })
  return pageOf(rows, page, 'name', ({ name }) => name)
}
