// Fails when docs/openapi.json is not what the contracts say now.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

const root = join(import.meta.dirname, '..')
const { stdout } = await execa(process.execPath, ['services/api-gateway/openapi.ts'], {
  cwd: root,
  maxBuffer: 2 ** 26,
})
const known = await readFile(join(root, 'docs/openapi.json'), 'utf8')
if (stdout.trim() !== known.trim()) {
  process.stderr.write('docs/openapi.json is stale: pnpm generate:openapi\n')
  process.exitCode = 1
}
