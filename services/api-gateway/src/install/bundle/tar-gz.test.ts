import { expect, test } from 'vitest'
import { tarGz } from './tar-gz.ts'

const MIB = 2 ** 20
/** What gzip can't make smaller, as a text. */
const noise = Array.from({ length: MIB }, () => Math.random().toString(36).at(-1)).join('')

test('no file is made before the ones before it were taken, however many there are', async () => {
  let made = 0
  async function* files() {
    for (made = 1; made <= 50; made++) yield { name: `${made}`, text: noise }
  }
  const pieces = tarGz(files(), new Date())
  await pieces.next()
  await new Promise(setImmediate)
  expect(made).toBeLessThan(5)
  await pieces.return(undefined)
  expect(made).toBeLessThan(5)
})

test('a file that can’t be made ends the archive with its reason, not as if it were whole', async () => {
  async function* files() {
    yield { name: 'first', text: 'one' }
    throw new Error('the disk is gone')
  }
  const read = async () => {
    for await (const _ of tarGz(files(), new Date()));
  }
  await expect(read()).rejects.toThrow('the disk is gone')
})
