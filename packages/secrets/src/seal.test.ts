import { expect, test } from 'vitest'
import { createRootKey, publicKeysOf, serviceKey, serviceSeed } from './key.ts'
import { open, seal } from './seal.ts'

const where = { project: 'p1', object: 'credential-1', field: 'password' }

async function install() {
  const root = createRootKey()
  const seed = serviceSeed(root, 'ansible-runner')
  return {
    keys: await publicKeysOf({ 'ansible-runner': seed }),
    key: await serviceKey('ansible-runner', seed),
  }
}

test('a sealed secret opens in the service and place it was sealed for', async () => {
  const { keys, key } = await install()
  const sealed = await seal(keys, 'ansible-runner', 'sésame', where)
  expect(sealed).not.toContain('sésame')
  expect(await open(key, sealed, where)).toBe('sésame')
})

test.each([
  ['project', { ...where, project: 'p2' }],
  ['object', { ...where, object: 'credential-2' }],
  ['field', { ...where, field: 'sudo_password' }],
])('a secret moved to another %s does not open', async (_, elsewhere) => {
  const { keys, key } = await install()
  const sealed = await seal(keys, 'ansible-runner', 'secret', where)
  await expect(open(key, sealed, elsewhere)).rejects.toThrow('does not open')
})

test('another install can not open it', async () => {
  const here = await install()
  const there = await install()
  const sealed = await seal(here.keys, 'ansible-runner', 'secret', where)
  await expect(open(there.key, sealed, where)).rejects.toThrow('does not open')
})

test('what was sealed with another implementation of X25519 opens', async () => {
  // By @hpke/dhkem-x25519 1.8.0, which installs had before.
  const sealed =
    'v1.ansible-runner/1.cxtwjh4Y-Zbg7ReW0itclqgDGD8x1doIO0nZNgz0JiA.MUeBbWyTvqFBva3bfBGlVdvqW6rbqwE'
  const seed = serviceSeed(Buffer.alloc(32, 7).toString('base64'), 'ansible-runner')
  expect(await open(await serviceKey('ansible-runner', seed), sealed, where)).toBe('sésame')
})
