/** The API server answers a long list in parts of so many objects. */
const PAGE = 500

/** Reads a list to its end, part by part, so that no answer is larger than a page. */
export async function everyPage<T>(
  list: (page: {
    limit: number
    _continue?: string
  }) => Promise<{ items: T[]; metadata?: { _continue?: string } }>,
): Promise<T[]> {
  const all: T[] = []
  let next: string | undefined
  do {
    const { items, metadata } = await list({ limit: PAGE, _continue: next })
    all.push(...items)
    next = metadata?._continue
  } while (next)
  return all
}
