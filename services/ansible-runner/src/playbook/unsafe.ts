/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/**
 * Marks every string in a value so that Ansible takes it as data and never as a template: ansible-core 2.19 trusts
 * strings of an inventory and of `-e @file` as templates otherwise, and runs `{{ lookup('pipe', …) }}` in them.
 */
export function unsafe(value: Json): Json {
  if (typeof value === 'string') return { __ansible_unsafe: value }
  if (Array.isArray(value)) return value.map(unsafe)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unsafe(inner)]))
}

/**
 * The first key in a value that can't be passed on: `__ansible_…` means something else to Ansible's reader, and keys can't be
 * marked as data. Undefined when all are fine.
 */
export function dangerousKey(value: Json): string | undefined {
  if (Array.isArray(value)) return value.map(dangerousKey).find((key) => key !== undefined)
  if (value === null || typeof value !== 'object') return undefined
  for (const [key, inner] of Object.entries(value)) {
    if (key.startsWith('__ansible_') || key === '__proto__') return key
    const deeper = dangerousKey(inner)
    if (deeper !== undefined) return deeper
  }
  return undefined
}
