import { isMap, isNode, isScalar, LineCounter, parseDocument, stringify } from 'yaml'
import { pathOf } from '../problem/beside-fields.ts'

/** What a person wants, as the API takes it and as `slipway cluster create -f` reads it. */
export type Wanted = { name: string; spec: Record<string, unknown> }

/** Why a text can't be read, and on which line: it is no YAML, or `key` is nothing that stands there. */
export type Unreadable = { line: number; message: string; key?: string }

/** As YAML; nothing that stands in it is left out. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 })
}

/** Reads what toYaml writes, and whatever people make of it. Fields that nobody knows stay: the API says so of them. */
export function readYaml(text: string): Wanted | { unreadable: Unreadable } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true })
  const [error] = document.errors
  if (error) {
    const { line } = lines.linePos(error.pos[0])
    return { unreadable: { message: error.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? '', line } }
  }
  const read: unknown = document.toJS({ maxAliasCount: 100 })
  const { name = '', spec = {}, ...rest } = isRecord(read) ? read : { rest: read }
  const unknown = Object.keys(rest)[0]
  if (read !== null && (unknown !== undefined || !isRecord(spec) || typeof name !== 'string')) {
    const at = unknown === undefined ? (isRecord(spec) ? 'name' : 'spec') : unknown
    return { unreadable: { message: '', key: at, line: lineOf(text, at) ?? 1 } }
  }
  return { name: String(name), spec: spec as Wanted['spec'] }
}

/** The line on which a field stands, or what is nearest above it: `spec.nodes[1].host`. */
export function lineOf(text: string, field: string): number | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true })
  const path = pathOf(field)
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true) ?? document.contents
    const last = path[length - 1]
    const key = isMap(parent)
      ? parent.items.find(({ key: one }) => isScalar(one) && String(one.value) === String(last))?.key
      : undefined
    const found: unknown = key ?? document.getIn(path.slice(0, length), true)
    if (isNode(found) && found.range) return lines.linePos(found.range[0]).line
  }
  return undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
