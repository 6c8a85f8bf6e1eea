import { glob } from 'node:fs/promises'
import { basename } from 'node:path'

/**
 * The version of ansible-core in a virtual environment, by the name of its metadata (PEP 376): asking the program would
 * cost a second of each run. Empty where there is none to be seen.
 */
export async function ansibleVersion(venv: string): Promise<string> {
  for await (const found of glob('lib/python3*/site-packages/ansible_core-*.dist-info', { cwd: venv })) {
    return /^ansible_core-(.+)\.dist-info$/.exec(basename(found))?.[1] ?? ''
  }
  return ''
}
