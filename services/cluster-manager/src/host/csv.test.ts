import { expect, test } from 'vitest'
import { importTemplate, readHostCsv } from './csv.ts'

const problemsOf = (text: string): string[] => {
  try {
    readHostCsv(text)
    return []
  } catch (error) {
    return (error as { problems: { message: string }[] }).problems.map(({ message }) => message)
  }
}

test('the template is a file that can be imported', () => {
  expect(readHostCsv(importTemplate)).toEqual([
    {
      row: 2,
      host: {
        ...{ name: 'web-1', address: '192.0.2.10', port: 22, credential: 'my-credential', profile: '' },
        tags: ['rack-1', 'blue'],
      },
    },
  ])
})

test('what is written comes back, whatever characters the values hold', () => {
  const values = [
    'plain',
    'a,b',
    'say "hi"',
    '{{ lookup("pipe", "id") }}',
    '=cmd()',
    'ünïcode',
    "o'neill",
    '',
  ]
  for (const name of values) {
    for (const credential of values) {
      const quoted = [name, '10.0.0.1', credential].map((value) => `"${value.replaceAll('"', '""')}"`)
      const [row] = readHostCsv(`name,address,credential\n${quoted.join(',')}\n`)
      expect(row?.host).toMatchObject({ name, address: '10.0.0.1', credential, port: 22, tags: [] })
    }
  }
})

test('rows count as lines of the file, with empty lines, a byte order mark and either line end', () => {
  const text = '\uFEFFName, Address ,Credential\r\nweb-1,10.0.0.1,login\r\n\r\nweb-2,10.0.0.2,login\r\n'
  expect(readHostCsv(text).map(({ row, host }) => [row, host.name])).toEqual([
    [2, 'web-1'],
    [4, 'web-2'],
  ])
})

test('tags are parted by semicolons, without blanks and doubles', () => {
  const [row] = readHostCsv('name,address,credential,tags\nweb-1,10.0.0.1,login, a ;b;;a')
  expect(row?.host.tags).toEqual(['a', 'b'])
})

test.each(['x', '-1', '2e2', '22.5', '999999'])('the port %s becomes one that the check refuses', (port) => {
  const [row] = readHostCsv(`name,address,credential,port\nweb-1,10.0.0.1,login,${port}`)
  expect(row?.host.port).toBe(0)
})

test('everything that is wrong with the header comes together', () => {
  expect(problemsOf('name,colour,name\nweb-1,red,x')).toEqual([
    'lacks the column address',
    'lacks the column credential',
    'has a column "colour", which means nothing here',
    'has the column name twice',
  ])
})

test.each([
  ['a row with too many values', 'name,address,credential\na,b,c,d'],
  ['an open quote', 'name,address,credential\n"a,b,c'],
  ['too many rows', `name,address,credential\n${'a,b,c\n'.repeat(5_001)}`],
])('%s refuses the file with a reason', (_, text) => expect(problemsOf(text)).toHaveLength(1))

test.each(['', '\n\n'])('an empty file has no hosts', (text) => expect(readHostCsv(text)).toEqual([]))
