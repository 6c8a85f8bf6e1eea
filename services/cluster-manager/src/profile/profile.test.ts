import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { profileOf, profileProblem, readProfiles } from './profile.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-profiles-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('every YAML file of the folder is a profile by its name', async () => {
  await writeFile(join(folder, 'lab.yaml'), 'cgroup_driver: cgroupfs\n')
  await writeFile(join(folder, 'README.md'), 'not one')
  const profiles = await readProfiles(folder)
  expect(profileOf(profiles, { name: 'web-1', profile: 'lab' })).toEqual({ cgroup_driver: 'cgroupfs' })
  expect(profileOf(profiles, { name: 'web-1', profile: '' })).toEqual({})
  expect(profileProblem(profiles, 'moon')?.hint).toContain('lab')
  expect(() => profileOf(profiles, { name: 'web-1', profile: 'moon' })).toThrow('host web-1')
})

test('files that hold no settings are named, all of them', async () => {
  await writeFile(join(folder, 'list.yaml'), '- a\n')
  await writeFile(join(folder, 'torn.yaml'), 'a: [\n')
  const error = await readProfiles(folder).catch((thrown) => thrown)
  expect(error.problems.map(({ field }: { field: string }) => field)).toEqual([
    'host profile list.yaml',
    'host profile torn.yaml',
  ])
})

test('an install without such a folder has none', async () =>
  expect((await readProfiles(undefined)).size).toBe(0))
