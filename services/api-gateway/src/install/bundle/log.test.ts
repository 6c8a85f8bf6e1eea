import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readLogTail } from './log.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-log-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const line = (msg: string) => JSON.stringify({ level: 30, service: 'api-gateway', msg })
const written = async (text: string) => {
  const file = join(dir, 'log')
  await writeFile(file, text)
  return readLogTail(file)
}

test('what is printed beside the log, like a one-time link, is left out', async () => {
  const found = await written(
    `Web https://x/first-start#first=enrol_a\n${line('one')}\n{"a":1}\n${line('two')}\n`,
  )
  expect(found).toEqual([line('one'), line('two')])
})

test('of a long log only the end is read, from its first whole line on', async () => {
  const many = Array.from({ length: 30_000 }, (_, index) => line(`said ${index}`))
  const found = (await written(`${many.join('\n')}\n`)) ?? []
  expect(found.at(-1)).toBe(many.at(-1))
  expect(found).toEqual(many.slice(-found.length))
  expect(found.length).toBeLessThan(many.length)
})

test('a log that is no file is none', async () => {
  expect(await readLogTail(dir)).toBeUndefined()
  expect(await readLogTail(join(dir, 'nothing'))).toBeUndefined()
})
