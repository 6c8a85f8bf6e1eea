import { invalid } from '@slipway/errors'

/** What a package says about itself; `paragraph` is its text as it goes into an index. */
export type Control = { name: string; version: string; architecture: string; paragraph: string }

/** These are facts of the repository, not of the package: a package can't bring its own. */
const ours = new Set(['filename', 'size', 'md5sum', 'sha1', 'sha256', 'sha512'])

/** Reads the control file of a package: exactly one paragraph (Debian policy 5.3). */
export function parseControl(text: string): Control {
  const fields = text
    .replace(/\r/g, '')
    .trim()
    // A field begins at the left edge and goes on in lines that don't.
    .split(/\n(?![ \t])/)
  const kept = fields.filter((field) => !ours.has(nameOf(field).toLowerCase()))
  const value = (name: string) =>
    fields
      .find((field) => nameOf(field) === name)
      ?.slice(name.length + 1)
      .trim() ?? ''
  const [name, version, architecture] = [value('Package'), value('Version'), value('Architecture')]
  const isFine =
    fields.every((field) => /^[!-9;-~]+:[^\0]*$/.test(field)) &&
    !/\n[ \t]*\n/.test(text.trim()) &&
    /^[a-z0-9][a-z0-9+.-]+$/.test(name) &&
    /^[0-9A-Za-z.+~:-]+$/.test(version) &&
    /^[a-z0-9-]+$/.test(architecture)
  if (isFine) return { name, version, architecture, paragraph: kept.join('\n') }
  throw invalid([
    {
      field: 'package',
      message: 'its control file is not one paragraph with Package, Version and Architecture',
      hint: 'Build the package with dpkg-deb, which checks this.',
    },
  ])
}

function nameOf(field: string): string {
  return field.slice(0, field.indexOf(':'))
}
