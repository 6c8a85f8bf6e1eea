import { describe, expect, it } from 'vitest'
import { parseControl } from './control.ts'

const plain =
  'Package: tool\nVersion: 1:2.0~rc1-1+b2\nArchitecture: amd64\nDescription: a tool\n does things\n .\n more\n'

describe('a control file', () => {
  it('says name, version and architecture, and keeps its text', () => {
    expect(parseControl(plain)).toEqual({
      name: 'tool',
      version: '1:2.0~rc1-1+b2',
      architecture: 'amd64',
      paragraph: plain.trim(),
    })
  })

  it('may not say where the package lies or what its digest is', () => {
    const sly = `${plain}Filename: ../elsewhere.deb\nSHA256: 00\nsize: 1\n`
    expect(parseControl(sly).paragraph).toBe(plain.trim())
  })

  it.each([
    ['two paragraphs', `${plain}\nPackage: second\nVersion: 1\nArchitecture: all\n`],
    ['a paragraph parted by blanks', `${plain}  \nPackage: second\n`],
    ['no version', 'Package: tool\nArchitecture: all\n'],
    ['a name with a path', 'Package: ../tool\nVersion: 1\nArchitecture: all\n'],
    ['a line without a field', `Package: tool\nVersion: 1\nArchitecture: all\nnonsense\n`],
    ['nothing', ''],
  ])('is refused with %s', (_, text) => {
    expect(() => parseControl(text)).toThrow(/one paragraph/)
  })
})
