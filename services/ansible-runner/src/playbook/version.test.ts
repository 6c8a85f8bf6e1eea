import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ansibleVersion } from './version.ts'

test('the version of ansible-core is read off its metadata, and is empty where there is none', async () => {
  const venv = await mkdtemp(join(tmpdir(), 'slipway-venv-'))
  try {
    expect(await ansibleVersion(venv)).toBe('')
    await mkdir(join(venv, 'lib/python3.11/site-packages/ansible_core-2.19.14.dist-info'), {
      recursive: true,
    })
    expect(await ansibleVersion(venv)).toBe('2.19.14')
  } finally {
    await rm(venv, { recursive: true, force: true })
  }
})
