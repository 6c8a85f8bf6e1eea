import { expect, test } from 'vitest'
import { everyPage } from './page.ts'

test('a list is read page by page to its end', async () => {
  const asked: (string | undefined)[] = []
  const all = await everyPage(async ({ _continue }) => {
    asked.push(_continue)
    if (_continue === undefined) return { items: [1, 2], metadata: { _continue: 'second' } }
    return { items: [3], metadata: { _continue: '' } }
  })
  expect({ all, asked }).toEqual({ all: [1, 2, 3], asked: [undefined, 'second'] })
})
