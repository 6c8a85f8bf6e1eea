import type { FormInstance } from 'antd'
import type { Fault, Problem } from './problem.ts'

/** `spec.nodes[0].host` as antd's forms name it: spec, nodes, 0, host. */
export function pathOf(field: string): (string | number)[] {
  const parts = field.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/**
 * Shows each fault of a problem beside its field, and answers those that have none in this form: they belong on a card.
 * `names` are the fields that the form shows.
 */
export function besideFields(
  form: FormInstance,
  problem: Problem,
  names: readonly (string | number | (string | number)[])[],
): Fault[] {
  const shown = names.map((name) => [name].flat().join('.'))
  const [beside, rest] = [[] as Fault[], [] as Fault[]]
  for (const fault of problem.faults) {
    const own = shown.includes(pathOf(fault.field).join('.'))
    ;(own ? beside : rest).push(fault)
  }
  const byField = Map.groupBy(beside, ({ field }) => field)
  form.setFields(
    [...byField].map(([field, faults]) => ({
      name: pathOf(field),
      errors: faults.map(({ message, hint }) => `${message}. ${hint}`),
    })),
  )
  return rest
}
