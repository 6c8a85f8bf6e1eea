import { expect, test } from 'vitest'
import { start } from './child.ts'

const MIB = 1024 * 1024

test('a child that says more than is kept goes on to its own end, and its last words are kept', async () => {
  const talk = `for (let said = 0; said < 40; said++) process.stderr.write('x'.repeat(${MIB}));
    process.stderr.write('last words\\n', () => process.exit(7))`
  const { exitCode, cause, stderr } = await start([process.execPath, '-e', talk]).ended
  expect([exitCode, cause]).toEqual([7, 'exit'])
  expect(stderr.endsWith('xlast words')).toBe(true)
  expect(stderr.length).toBeGreaterThan(15 * MIB)
  expect(stderr.length).toBeLessThan(17 * MIB)
})

test('what a child says is whole also where lines are listened to', async () => {
  const lines: string[] = []
  const talk = `for (let line = 0; line < 5000; line++) console.log('line ' + line); console.error('é')`
  const { stdout, stderr } = await start([process.execPath, '-e', talk], {
    onLine: (line, stream) => void (stream === 'stdout' && lines.push(line)),
  }).ended
  expect(stdout.split('\n')).toEqual(Array.from({ length: 5_000 }, (_, line) => `line ${line}`))
  expect([lines.length, stderr]).toEqual([5_000, 'é'])
})

test('a program that is not there says so', async () => {
  const { cause, stderr } = await start(['/nowhere/program']).ended
  expect([cause, stderr]).toEqual(['spawn', expect.stringContaining('ENOENT')])
})
