import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { precondition } from '@slipway/errors'
import { run, start } from '@slipway/process'
import type { Go } from './go.ts'
import { type Component, fill, type GoSource } from './manifest.ts'

/** What the building machine needs beside Go, by the name of its Debian package. */
export const debianPackages = ['gcc', 'libc6-dev', 'libseccomp-dev', 'pkg-config'] as const

type Recipe = { component: Component; source: GoSource; facts: Record<string, string> }
type Place = { go: Go /** The module's own folder. */; workDir: string; into: string; signal: AbortSignal }

/** Builds a component as Go modules. The module around it has a fixed name, so that Go's own cache is hit again. */
export async function buildComponent({ component, source, facts }: Recipe, place: Place): Promise<void> {
  const { go, workDir, into, signal } = place
  const options = { cwd: workDir, signal, env: { ...go.env, CGO_ENABLED: source.cgo ? '1' : '0' } }
  if (source.cgo) await requireCompiler()
  await mkdir(into, { recursive: true })
  await mkdir(workDir, { recursive: true })
  await writeFile(join(workDir, 'go.mod'), await moduleFile(source, facts, go, workDir, signal))
  for (const [path, text] of Object.entries(source.sources ?? {})) {
    await mkdir(dirname(join(workDir, path)), { recursive: true })
    await writeFile(join(workDir, path), text)
  }
  const wanted = source.get ?? source.packages.map((path) => `${path}@v\${version}`)
  await run([go.program, 'get', ...wanted.map((each) => fill(each, facts))], options)
  const [only] = component.files
  const output = source.packages.length === 1 && only ? join(into, only.name) : `${into}/`
  await run(
    [
      ...[go.program, 'build', '-tags', source.tags ?? '', '-ldflags', fill(source.ldflags ?? '', facts)],
      ...['-o', output, ...source.packages],
    ],
    options,
  )
}

/** The tools that shape a build, as part of the key under which its digests are recorded. */
export async function buildToolchain(source: GoSource, go: Go): Promise<string> {
  if (!source.cgo) return `go${go.version}`
  const gcc = await start(['gcc', '-dumpfullversion']).ended
  const seccomp = await start(['pkg-config', '--modversion', 'libseccomp']).ended
  return `go${go.version}+gcc${gcc.stdout.trim()}+libseccomp${seccomp.stdout.trim()}`
}

async function moduleFile(
  source: GoSource,
  facts: Record<string, string>,
  go: Go,
  cwd: string,
  signal: AbortSignal,
): Promise<string> {
  const head = `module slipway.lab/${source.module}\n\n`
  const more = source.goMod ?? ''
  if (!source.staging) return `${head}go 1.26\n${more}`
  const module = `${source.staging.module}@${fill(source.staging.version, facts)}`
  const { stdout } = await run([go.program, 'mod', 'download', '-json', module], { cwd, signal, env: go.env })
  const { GoMod: file } = JSON.parse(stdout) as { GoMod: string }
  return `${head}${publishedStaging(await readFile(file, 'utf8'), fill(source.staging.published, facts))}${more}`
}

/** Upstream's go.mod replaces its siblings by folders of its own tree; here they are the published modules. */
export function publishedStaging(goMod: string, version: string): string {
  const go = /^go .*$/m.exec(goMod)?.[0] ?? 'go 1.26'
  const siblings = [...goMod.matchAll(/^\s*(\S+) => \.\/staging\//gm)].map(([, path]) => path)
  return `${go}\n\nreplace (\n${siblings.map((path) => `\t${path} => ${path} ${version}\n`).join('')})\n`
}

async function requireCompiler(): Promise<void> {
  const checks = [
    ['gcc', '--version'],
    ['pkg-config', '--exists', 'libseccomp'],
  ]
  const endings = await Promise.all(checks.map((argv) => start(argv).ended))
  if (endings.every(({ exitCode }) => exitCode === 0)) return
  throw precondition([
    {
      field: 'compiler',
      message: 'gcc, pkg-config or libseccomp is missing on this machine',
      hint: `apt-get install ${debianPackages.join(' ')}`,
    },
  ])
}
