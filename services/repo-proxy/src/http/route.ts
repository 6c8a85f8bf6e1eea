import { invalid } from '@slipway/errors'
import type { Repo } from '../repo.ts'
import type { Answer, Asked, Params } from './exchange.ts'

/** One line of the table of routes. */
export type Route = {
  methods: readonly string[]
  /** What a path looks like, percent-encoded; its named groups become params. */
  pattern: RegExp
  /** Which token it takes; a function names what a pull token must reach: v2/<repository>, raw/<path>, apt/<path>. */
  access: 'any token' | 'push token' | ((params: Params) => string)
  answer: (repo: Repo, asked: Asked) => Promise<Answer>
}

/** The route of a request, or the methods that its path knows. */
export type Match = { route: Route; params: Params } | { allowed: string[] }

/** Finds the route of a method and path. */
export function match(routes: readonly Route[], method: string, path: string): Match {
  const allowed: string[] = []
  for (const route of routes) {
    const groups = route.pattern.exec(path)
    if (!groups) continue
    if (route.methods.includes(method)) return { route, params: decode(groups.groups ?? {}) }
    allowed.push(...route.methods)
  }
  return { allowed }
}

function decode(groups: Record<string, string>): Params {
  return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodePath(text)]))
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid([
      { field: 'path', message: 'is not valid percent-encoding', hint: 'Encode the path as UTF-8.' },
    ])
  }
}
