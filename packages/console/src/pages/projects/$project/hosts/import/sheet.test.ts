import { readFile as readBytes } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readFile, readText, sheetOf, withCredential, writeCsv } from './sheet.ts'

test('lines of words are hosts in the order of the template', () => {
  const sheet = readText('web-1  192.0.2.1\n\n  web-2\t192.0.2.2 2222\n')
  expect(sheet.rows.map(({ cells }) => cells)).toEqual([
    { name: 'web-1', address: '192.0.2.1', port: '' },
    { name: 'web-2', address: '192.0.2.2', port: '2222' },
  ])
})

test('a header gives the order; cells of a spreadsheet and semicolons are read as well as commas', () => {
  for (const separator of [',', '\t', ';']) {
    const text = [
      ['Address', 'Name', 'Credential'],
      ['192.0.2.1', 'web-1', 'ops'],
    ]
    const { rows } = readText(text.map((cells) => cells.join(separator)).join('\r\n'))
    expect(rows[0]?.cells).toMatchObject({ name: 'web-1', address: '192.0.2.1', credential: 'ops' })
  }
})

test('a line end within quotes moves no later row: each is one line of what is sent', () => {
  const sheet = readText('name,address,tags\nweb-1,192.0.2.1,"a\nb"\nweb-2,192.0.2.2,c')
  expect(writeCsv(sheet).split('\n')).toEqual([
    'name,address,tags,credential',
    'web-1,192.0.2.1,a b,',
    'web-2,192.0.2.2,c,',
  ])
})

test('rows without a credential get the one that was chosen, others keep theirs', () => {
  const { rows } = withCredential(readText('name,address,credential\na,192.0.2.1,\nb,192.0.2.2,own'), 'ops')
  expect(rows.map(({ cells }) => cells.credential)).toEqual(['ops', 'own'])
})

test('a column that the API found fault with is there to be mended, also if the file had none', () => {
  const { fields, rows } = readText('name,address\na,192.0.2.1')
  const faults = [{ field: 'port', message: 'is no port', hint: 'Take 22.' }]
  expect(
    sheetOf(
      fields,
      rows.map((row) => ({ ...row, faults })),
    ).fields,
  ).toContain('port')
})

test('a workbook is read: its first sheet, numbers as they are written', async () => {
  const bytes = await readBytes(join(import.meta.dirname, '../../../../../../test/data/hosts.xlsx'))
  const { rows } = await readFile(new File([new Uint8Array(bytes)], 'hosts.XLSX'))
  expect(rows[0]).toMatchObject({ line: 2, cells: { name: 'web-1', address: '192.0.2.1', port: '2222' } })
})
