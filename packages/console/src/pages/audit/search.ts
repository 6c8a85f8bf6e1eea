/** What the address says of the audit: what is looked for, which page, which entry is open. */
export type AuditSearch = {
  user?: string
  project?: string
  object?: string
  result?: string
  since?: string
  before?: string[]
  entry?: string
}

/** Reads it; what means nothing is left out. */
export function auditSearch(asked: Record<string, unknown>): AuditSearch {
  const texts = (['user', 'project', 'object', 'result', 'since', 'entry'] as const).flatMap((key) => {
    const text = asked[key]
    return typeof text === 'string' && text ? [[key, text]] : []
  })
  return {
    ...Object.fromEntries(texts),
    ...(Array.isArray(asked.before) && asked.before.length > 0 ? { before: asked.before.map(String) } : {}),
  }
}
