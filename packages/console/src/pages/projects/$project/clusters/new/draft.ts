import { useState } from 'react'
import type { NodeSpec } from '../../../../../cluster/queries.ts'
import { pathOf } from '../../../../../problem/beside-fields.ts'

/** What is being typed: the spec as it is, so that what no field shows is kept too. */
export type Draft = {
  name: string
  spec: Record<string, unknown>
  /** What can be mended safely on hosts is mended first. */
  fix: boolean
  /** Fields that were typed in, and pages that were left: only those show what is wrong. */
  touched: string[]
  /** The YAML as it was typed, comments and mistakes too, and the name and spec that it stands for. */
  typed?: { text: string; stands: string }
}

const EMPTY: Draft = { name: '', spec: { nodes: [] }, fix: false, touched: [] }

/** The draft of a project, kept for this tab over a reload. */
export function useDraft(project: string) {
  const key = `slipway.new-cluster.${project}`
  const [draft, setDraft] = useState<Draft>(() => {
    const kept = sessionStorage.getItem(key)
    return kept ? (JSON.parse(kept) as Draft) : EMPTY
  })
  const keep = (change: (was: Draft) => Draft) =>
    setDraft((was) => {
      const next = change(was)
      sessionStorage.setItem(key, JSON.stringify(next))
      return next
    })
  return { draft, keep, forget: () => sessionStorage.removeItem(key) }
}

/** The nodes of a draft, whatever YAML made of them. */
export function nodesOf({ spec }: Pick<Draft, 'spec'>): NodeSpec[] {
  if (!Array.isArray(spec.nodes)) return []
  return spec.nodes.filter((node): node is NodeSpec => typeof node === 'object' && node !== null)
}

/** What stands at `spec.network.podCidr`. */
export function valueAt(draft: Pick<Draft, 'name' | 'spec'>, field: string): unknown {
  let value: unknown = draft
  for (const part of pathOf(field)) value = (value as Record<string, unknown> | undefined | null)?.[part]
  return value
}

/** The draft with another value there; undefined takes it out, so that it is as usual. */
export function withValue<T extends Pick<Draft, 'name' | 'spec'>>(
  draft: T,
  field: string,
  value: unknown,
): T {
  return put(draft, pathOf(field), value) as T
}

function put(into: unknown, [part, ...rest]: (string | number)[], value: unknown): unknown {
  if (part === undefined) return value
  if (Array.isArray(into)) {
    return into.map((one, index) => (index === part ? put(one, rest, value) : one))
  }
  const record = typeof into === 'object' && into !== null ? (into as Record<string, unknown>) : {}
  const { [part]: was, ...others } = record
  const next = put(was, rest, value)
  if (next === undefined || isEmptied(next, rest)) return others
  // In its place, so that the YAML does not jump.
  return part in record ? { ...record, [part]: next } : { ...others, [part]: next }
}

/** A part of the spec whose last value was taken out goes with it. */
function isEmptied(next: unknown, rest: readonly unknown[]): boolean {
  return (
    rest.length > 0 &&
    typeof next === 'object' &&
    next !== null &&
    !Array.isArray(next) &&
    Object.keys(next).length === 0
  )
}
