// `pnpm check`: everything that a machine can see without running Slipway. Each guard says what to edit when it fails.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'

const root = join(import.meta.dirname, '..')
const bin = (name: string, folder = '.') => join(root, folder, 'node_modules/.bin', name)
const env = { PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` }

/** Where `npm test` installed it. */
const ansibleLint =
  process.env.SLIPWAY_ANSIBLE_LINT ?? globSync('/var/lib/slipway/ansible-lint-*').at(0) ?? '/nowhere'

/** A guard: its name as a claim, and the command that holds when it exits with 0. */
const guards: { claim: string; argv: string[]; cwd?: string }[] = [
  { claim: 'types fit', argv: [bin('tsc'), '-p', '.'] },
  { claim: 'types of the console fit', argv: [bin('tsc'), '-p', 'packages/console'] },
  { claim: 'formatting and lint rules hold', argv: [bin('biome'), 'check', '--error-on-warnings', '.'] },
  {
    claim: 'fences between folders hold',
    argv: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'packages', 'services', 'infra/lab'],
  },
  { claim: 'contracts are clean', argv: [bin('buf', 'packages/contracts'), 'lint'], cwd: 'proto' },
  {
    claim: 'docs/openapi.json is what the contracts say (else: pnpm generate:openapi)',
    argv: [bin('node'), 'tools/check-openapi.ts'],
  },
  { claim: 'migrations match the schemas', argv: [bin('node'), 'tools/migration.ts', '--check'] },
  { claim: 'no file, export or dependency is unused', argv: [bin('knip')] },
]
guards.push(
  {
    claim: "roles and playbooks hold ansible-lint's production profile (it comes with `npm test`)",
    argv: [join(ansibleLint, 'bin/ansible-lint'), '-q', '--format=pep8'],
    cwd: 'infra/ansible',
  },
  {
    claim: 'Ansible modules do what their unit tests say',
    argv: [join(ansibleLint, 'bin/python'), '-m', 'unittest', 'discover', '-s', 'test', '-t', '.'],
    cwd: 'infra/ansible',
  },
)
if (process.env.CI !== 'true')
  guards.push({
    claim: 'contracts break nobody',
    argv: [bin('buf', 'packages/contracts'), 'breaking', '--against', '../.git#branch=main,subdir=proto'],
    cwd: 'proto',
  })

let failed = 0
const began = performance.now()
for (const { claim, argv, cwd = '.' } of guards) {
  const [file = '', ...args] = argv
  const { exitCode, all } = await execa(file, args, { cwd: join(root, cwd), env, reject: false, all: true })
  const holds = exitCode === 0
  process.stdout.write(`${holds ? 'ok    ' : 'FAILED'}  ${claim}\n`)
  if (!holds) {
    failed += 1
    process.stdout.write(`${all}\n`)
  }
}
process.stdout.write(`checked in ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
process.stdout.write(`CHECKS: ${guards.length - failed} passed, ${failed} failed\n`)
process.exit(failed ? 1 : 0)
