import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silent } from '../test/release.ts'
import { scratch } from '../test/site.ts'
import { sweepScratch, withScratch } from './cache.ts'
import { openRecord } from './record.ts'
import { together } from './together.ts'

test('a digest is recorded at first sight and held against ever after', async () => {
  const dir = await scratch()
  const record = openRecord(dir)
  await Promise.all([record.check('b', '22'), record.check('a', '11'), record.check('a', '11')])
  expect(JSON.parse(await readFile(join(dir, 'recorded.json'), 'utf8'))).toEqual({ a: '11', b: '22' })
  await expect(openRecord(dir).check('a', '33')).rejects.toMatchObject({
    code: 'Invalid',
    problems: [{ field: 'a' }],
  })
  await record.check('b', '22')
})

test('a scratch folder of a process that is gone is swept away, one in use is kept', async () => {
  const dir = await scratch()
  await withScratch(dir, async (mine) => {
    await writeFile(join(dir, 'work', '99999999-left'), '')
    await sweepScratch(dir)
    await writeFile(join(mine, 'still'), 'here')
    await expect(readFile(join(dir, 'work', '99999999-left'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

test('the first failure ends the other step, is what is thrown, and only when both have ended', async () => {
  const order: string[] = []
  const failing = async () => {
    order.push('failed')
    throw new Error('first cause')
  }
  const waiting = (signal: AbortSignal) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        order.push('cancelled')
        reject(new Error('second cause'))
      })
    })
  await expect(together(silent.signal, [failing, waiting])).rejects.toThrow('first cause')
  expect(order).toEqual(['failed', 'cancelled'])
})
