/** What the page about people keeps in its address. */
export type UsersSearch = { search?: string; before?: string[]; add?: true }

/** Reads it from an address. */
export function usersSearch({ search, before, add }: Record<string, unknown>): UsersSearch {
  return {
    ...(typeof search === 'string' && search ? { search } : {}),
    ...(Array.isArray(before) && before.length > 0 ? { before: before.map(String) } : {}),
    ...(add === true ? { add } : {}),
  }
}
