import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const DIST = join(import.meta.dirname, '../dist')
const LIMIT_KB = 250

test('what is loaded before the first page, scripts and styles, is at most 250 kB as it comes over the wire', () => {
  const page = readFileSync(join(DIST, 'index.html'), 'utf8')
  const named = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(
    ([, file]) => file ?? '',
  )
  const sizes = Object.fromEntries(
    [...withImports(named)].map((file) => [file, readFileSync(join(DIST, `${file}.gz`)).length / 1000]),
  )
  const sum = Object.values(sizes).reduce((one, other) => one + other, 0)
  expect(named.length).toBeGreaterThan(1)
  expect(sum, `${sum.toFixed(0)} kB: ${JSON.stringify(sizes)}`).toBeLessThanOrEqual(LIMIT_KB)
})

/** Files, and all that they import without waiting for anybody to go there. */
function withImports(files: readonly string[], seen = new Set<string>()): Set<string> {
  for (const file of files.filter((one) => !seen.has(one))) {
    seen.add(file)
    if (!file.endsWith('.js')) continue
    const code = readFileSync(join(DIST, file), 'utf8')
    const imports = [
      ...code.matchAll(/(?:^|[;}\s])(?:import|export)\b[^;("'`]*?["'`]\.\/([^"'`]+\.js)["'`]/g),
    ]
    withImports(
      imports.map(([, name]) => `assets/${name}`),
      seen,
    )
  }
  return seen
}
