/** Something that speaks against a host becoming a node. */
export type Finding = {
  /** What kind it is: swap-on. docs/preflight.md has all of them. */
  id: string
  /** With an error it can't become a node; with a warning a person should know. */
  severity: 'error' | 'warning'
  /** Name of the host, or of the node that it is to be. */
  host: string
  message: string
  /** The very text or number that was seen. */
  evidence: string
  /** How a person mends it. */
  hint: string
  /** What a fix would do about it; empty where a person has to. */
  fix: string
}

/** Whether it says no more than that its host did not answer, so that nothing else is known of it. */
export function isSilence({ id }: Finding): boolean {
  return ['unreachable', 'login-hangs', 'not-checked'].includes(id)
}

/** What a host may say about itself in one check. */
const MOST = 100
const LONGEST = 1_000

/** Findings out of what a host answered: bounded and printable, as it is data from a machine that may lie. */
export function readFindings(host: string, result: unknown): Finding[] {
  const said = field(result, 'findings')
  if (!Array.isArray(said)) return []
  return said.slice(0, MOST).map((one: unknown) => ({
    id: text(field(one, 'id')),
    severity: field(one, 'severity') === 'error' ? 'error' : 'warning',
    host,
    message: text(field(one, 'message')),
    evidence: text(field(one, 'evidence')),
    hint: text(field(one, 'hint')),
    fix: text(field(one, 'fix')),
  }))
}

/** A part of something that was parsed from JSON. */
export function field(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined
}

/** A printable text out of something that was parsed from JSON. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST).replaceAll(/(?![\n\t])\p{Cc}|\p{Cs}/gu, '') : ''
}
