// What `npm test` runs after the set-up: artifacts, `pnpm check`, then the tests beside the code, then the stories on real
// hosts; and one closing line over everything. A skipped test counts as failed.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '@slipway/cli/config'
import { fetchArtifacts } from '@slipway/cli/demo'
import { execa } from 'execa'

const root = join(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules/.bin', name)
const wanted = process.argv.slice(2)
const reports = await mkdtemp(join(tmpdir(), 'slipway-reports-'))
let passed = 0
let failed = 0

await part('artifacts', async () => {
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  await fetchArtifacts(readSettings(), new AbortController().signal, say).catch((error: Error) => {
    failed += 1
    say(error.message)
  })
})
if (wanted.length === 0) await part('check', check)
await part('tests beside the code', () => vitest('vitest.config.ts', wanted))
if (wanted.length === 0) await part('stories on real hosts', () => vitest('test/vitest.config.ts', []))

await rm(reports, { recursive: true, force: true })
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exit(failed ? 1 : 0)

async function part(title: string, work: () => Promise<void>): Promise<void> {
  const began = performance.now()
  process.stdout.write(`\n== ${title}\n`)
  await work()
  process.stdout.write(`== ${title}: ${((performance.now() - began) / 1000).toFixed(0)} s\n`)
}

async function check(): Promise<void> {
  const child = execa(bin('node'), ['tools/check.ts'], {
    cwd: root,
    stdout: ['inherit', 'pipe'],
    stderr: 'inherit',
    reject: false,
  })
  const { stdout } = await child
  const [, good = '0', bad = '1'] = /CHECKS: (\d+) passed, (\d+) failed/.exec(stdout) ?? []
  passed += Number(good)
  failed += Number(bad)
}

async function vitest(config: string, filters: string[]): Promise<void> {
  const report = join(reports, `${config.replaceAll('/', '-')}.json`)
  const args = [
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ]
  const { exitCode } = await execa(bin('vitest'), args, { cwd: root, stdio: 'inherit', reject: false })
  const result = JSON.parse(await readFile(report, 'utf8').catch(() => '{}'))
  const good = Number(result.numPassedTests ?? 0)
  const all = Number(result.numTotalTests ?? 0)
  passed += good
  // A file that does not even load has no tests to count, but the run has failed.
  failed += Math.max(all - good, exitCode === 0 ? 0 : 1)
}
