import { invalid, notFound } from '@slipway/errors'
import { type Answer, type Asked, json } from '../http/exchange.ts'
import type { Repo } from '../repo.ts'
import { tagsOf } from './store.ts'

const LARGEST_PAGE = 500

/** GET /v2/<name>/tags/list?n=&last=: a page of tags, with a Link to the next one. */
export async function listTags({ database }: Repo, { params, query }: Asked): Promise<Answer> {
  const { name = '' } = params
  const size = pageSize(query.get('n'))
  // One more than asked for says whether there is a next page.
  const found = await tagsOf(database, name, { size: size + 1, last: query.get('last') ?? '' })
  if (!found) throw notFound('repository', name)
  const tags = found.slice(0, size)
  const next = new URLSearchParams({ n: String(size), last: tags.at(-1) ?? '' })
  const link =
    found.length > size && size > 0 ? { link: `</v2/${name}/tags/list?${next}>; rel="next"` } : undefined
  return { status: 200, headers: { ...link }, content: json({ name, tags }) }
}

function pageSize(text: string | null): number {
  if (text === null) return LARGEST_PAGE
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), LARGEST_PAGE)
  throw invalid([{ field: 'n', message: 'is not a number', hint: `Ask for up to ${LARGEST_PAGE} tags.` }])
}
