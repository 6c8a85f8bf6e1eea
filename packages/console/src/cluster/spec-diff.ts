import { structuredPatch } from 'diff'

/** A line of a difference, and where it stands in the text before and in the one afterwards. */
export type DiffLine = {
  kind: 'same' | 'added' | 'removed'
  text: string
  before: number | undefined
  after: number | undefined
}

/** Lines that differ with those around them, and how many that are the same were left out before. */
export type DiffPart = { skipped: number; lines: DiffLine[] }

const kinds = { '+': 'added', '-': 'removed', ' ': 'same' } as const
const AROUND = 3

/** In which lines two texts differ. */
export function differenceOf(
  before: string,
  after: string,
): { added: number; removed: number; parts: DiffPart[] } {
  const ended = (text: string) => (text.endsWith('\n') ? text : `${text}\n`)
  const { hunks } = structuredPatch('', '', ended(before), ended(after), '', '', { context: AROUND })
  let shown = 1
  const parts = hunks.map(({ oldStart, newStart, lines }): DiffPart => {
    const skipped = oldStart - shown
    const at = { before: oldStart, after: newStart }
    const told = lines.map((line) => lineOf(line, at))
    shown = at.before
    return { skipped, lines: told }
  })
  const count = (kind: DiffLine['kind']) =>
    parts.flatMap(({ lines }) => lines).filter((line) => line.kind === kind).length
  return { added: count('added'), removed: count('removed'), parts }
}

/** A line as the library tells it, `+text`; moves on in the texts that it stands in. */
function lineOf(line: string, at: { before: number; after: number }): DiffLine {
  const kind = kinds[line.charAt(0) as keyof typeof kinds] ?? 'same'
  return {
    kind,
    text: line.slice(1),
    before: kind === 'added' ? undefined : at.before++,
    after: kind === 'removed' ? undefined : at.after++,
  }
}
