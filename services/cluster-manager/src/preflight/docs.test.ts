import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../../..')
const plugins = join(root, 'infra/ansible/plugins')

test('docs/preflight.md lists every finding that the code makes, with its severity', async () => {
  const documented = rows(await readFile(join(root, 'docs/preflight.md'), 'utf8'), 4)
  expect(new Set(documented.map(([id]) => id)).size, 'no id stands twice').toBe(documented.length)
  expect(sorted(documented.map(([id, severity]) => `${id}: ${severity}`))).toEqual(sorted(await made()))
})

test('docs/preflight.md lists every finding that fix mends', async () => {
  const python = await readFile(join(plugins, 'module_utils/slipway/preflight/mending.py'), 'utf8')
  const mended = [...(python.split('FIXES = ')[1] ?? '').matchAll(/"([a-z-]+)":/g)].map(([, id]) => id)
  expect(mended).not.toEqual([])
  const documented = rows(await readFile(join(root, 'docs/preflight.md'), 'utf8'), 3).map(([id]) => id)
  expect(documented).toEqual(mended)
})

/** Cells of the tables that begin with an id and have so many columns. */
function rows(text: string, columns: number): string[][] {
  const tables = text.split('\n').filter((line) => line.startsWith('| `') && !line.startsWith('| `slipway'))
  return tables
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
    .filter((cells) => cells.length === columns)
}

/** What hosts find themselves, and what is found out here, as `id: severity`. */
async function made(): Promise<string[]> {
  const parts = join(plugins, 'module_utils/slipway/preflight')
  const names = (await readdir(parts)).filter((name) => name.endsWith('.py'))
  const modules = [...names.map((name) => join(parts, name)), join(plugins, 'modules/preflight.py')]
  const python = (await Promise.all(modules.map((path) => readFile(path, 'utf8')))).join('\n')
  const byHosts = [...python.matchAll(/\b(error|warning|tell)\("([a-z0-9-]+)"/g)].map(
    ([, severity, id]) => [id, severity === 'tell' ? 'error, warning' : severity] as const,
  )
  const folder = await readdir(import.meta.dirname)
  const sources = folder.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const paths = [...sources.map((name) => join(import.meta.dirname, name)), identity]
  const typescript = (await Promise.all(paths.map((path) => readFile(path, 'utf8')))).join('\n')
  const byUs = [...typescript.matchAll(/\bid: '([a-z-]+)',(?: severity: '(\w+)')?/g)].map(
    ([, id, severity]) => [id, severity ?? 'error'] as const,
  )
  const severities = Map.groupBy([...byHosts, ...byUs], ([id]) => id)
  return [...severities].map(
    ([id, seen]) =>
      `${id}: ${sorted([...new Set(seen.flatMap(([, one = '']) => one.split(', ')))]).join(', ')}`,
  )
}

const identity = join(import.meta.dirname, '../host/identity.ts')

function sorted(texts: readonly string[]): string[] {
  return [...texts].sort()
}
