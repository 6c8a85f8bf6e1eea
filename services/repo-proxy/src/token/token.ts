import { createHash, randomBytes } from 'node:crypto'
import { invalid, type Problem } from '@slipway/errors'
import { v7 as uuidv7 } from 'uuid'

/** What a valid token allows. A push token may push and pull everything. */
export type Grant = { kind: 'push' } | { kind: 'pull'; repositories: readonly string[] }

/** A token: what its holder gets (`<id>.<secret>`, once), and what is kept of it. */
export type NewToken = { id: string; text: string; hash: Buffer<ArrayBuffer> }

/** Makes a token with 256 random bits. */
export function newToken(): NewToken {
  const id = uuidv7()
  const secret = randomBytes(32).toString('base64url')
  return { id, text: `${id}.${secret}`, hash: hashOf(secret) }
}

/** The hash that is kept of a secret; a fast one is enough for 256 random bits. */
export function hashOf(secret: string): Buffer<ArrayBuffer> {
  return Buffer.from(createHash('sha256').update(secret).digest())
}

/** Takes `Bearer <token>` or `Basic <base64 of anyone:token>` apart. */
export function parseAuthorization(header: string | undefined): { id: string; secret: string } | undefined {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(header ?? '') ?? []
  const token = { bearer: value, basic: passwordOf(value) }[scheme.toLowerCase()]
  const [, id, secret] = /^([0-9a-f-]{36})\.([\w-]{43})$/.exec(token ?? '') ?? []
  return id && secret ? { id, secret } : undefined
}

/** Whether one of the patterns names a resource. A `*` at the end stands for any rest. */
export function reaches(patterns: readonly string[], resource: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? resource.startsWith(pattern.slice(0, -1)) : pattern === resource,
  )
}

/** Refuses patterns that could never match, or that would match more than they seem to; all problems together. */
export function requirePatterns(patterns: readonly string[]): void {
  const problems: Problem[] = patterns.flatMap((pattern, index) =>
    /^(raw|v2|apt)(\/[A-Za-z0-9._+~@:=-]+)*(\/\*)?$/.test(pattern) && pattern.includes('/')
      ? []
      : [
          {
            field: `repositories[${index}]`,
            message: `${JSON.stringify(pattern)} is not a pattern of repositories`,
            hint: 'Write raw/<path>, v2/<repository> or apt/<repository>/<file>; /* at the end stands for all below.',
          },
        ],
  )
  if (patterns.length === 0) {
    problems.push({ field: 'repositories', message: 'is empty', hint: 'Name what the holder may pull.' })
  }
  if (problems.length > 0) throw invalid(problems)
}

function passwordOf(basic: string): string {
  const text = Buffer.from(basic, 'base64').toString('utf8')
  return text.slice(text.indexOf(':') + 1)
}
