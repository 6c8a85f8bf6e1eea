import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ways } from './ways.ts'

test('the README lists every fault in the words of the command', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const listed = [...readme.matchAll(/^\| `([a-z-]+)` *\| (.*?) *\|$/gm)].map(([, kind, says]) => [
    kind,
    says,
  ])
  expect(listed).toEqual(Object.entries(ways).map(([kind, { says }]) => [kind, says]))
})
