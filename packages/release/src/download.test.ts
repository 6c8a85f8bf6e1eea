import { expect, test } from 'vitest'
import { publishedDigest } from './download.ts'

const [one, two] = ['1'.repeat(64), '2'.repeat(64)]

test('a published checksum is read bare, as one line, or out of a list', () => {
  expect(publishedDigest(one, 'tool')).toBe(one)
  expect(publishedDigest(`${one}  elsewhere/tool.tgz\n`, 'tool.tgz')).toBe(one)
  expect(publishedDigest(`# sums\n${one} *tool.arm64\n${two} *tool.amd64\n`, 'tool.amd64')).toBe(two)
  expect(publishedDigest('<html>not found</html>', 'tool')).toBeUndefined()
})
