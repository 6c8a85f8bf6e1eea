import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '@slipway/telemetry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCatalogue } from './catalogue.ts'

const releases = join(import.meta.dirname, '../../../../infra/releases')
const log = createLog('test', 'silent')
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-releases-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('a manifest that is added later is seen, and one that is broken leaves the others as they were', async () => {
  const [first = '', second = ''] = (await readdir(releases)).filter((name) => name.endsWith('.yaml')).sort()
  await copyFile(join(releases, first), join(folder, first))
  const catalogue = await openCatalogue(folder, log)
  const names = async () => (await catalogue()).map(({ kubernetes }) => `${kubernetes}.yaml`)
  expect(await names()).toEqual([first])
  await copyFile(join(releases, second), join(folder, second))
  expect(await names()).toEqual([first, second])
  await writeFile(join(folder, second), 'schema: 1\n')
  expect(await names()).toEqual([first, second])
  await expect(openCatalogue(folder, log)).rejects.toMatchObject({ code: 'Invalid' })
})
