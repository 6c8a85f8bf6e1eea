import { copyFile, mkdir, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { invalid } from '@slipway/errors'
import { parse } from 'yaml'
import { artifactFile, artifactPath } from './cache.ts'
import { fetchComponent } from './component.ts'
import { upstreamEnvironment } from './environment.ts'
import { findGo } from './go.ts'
import { Component, Toolchain } from './manifest.ts'
import { trackPhase, type Work } from './progress.ts'
import { openRecord } from './record.ts'
import { shapeProblems } from './shape.ts'
import { openUpstream } from './upstream.ts'

/** A program that Slipway itself needs, from the same sources and by the same recipes as what it ships. */
const ToolManifest = Type.Object(
  { schema: Type.Literal(1), toolchain: Toolchain, component: Component },
  { additionalProperties: false },
)
type ToolManifest = Static<typeof ToolManifest>

/** Gets the one program of a tool manifest (`file`) and puts it to `<cacheDir>/bin/<name>`; answers that path. */
export async function fetchTool(
  request: Work & { file: string; cacheDir: string; env: Readonly<Record<string, string | undefined>> },
): Promise<string> {
  const { file, cacheDir, signal, report } = request
  const { component, toolchain } = await readTool(file)
  const target = join(cacheDir, 'bin', component.name)
  const env = upstreamEnvironment(request.env)
  await mkdir(dirname(target), { recursive: true })
  const record = openRecord(cacheDir)
  const upstream = await openUpstream(env, signal)
  try {
    const go = () => findGo(toolchain.go, 'amd64', { cacheDir, env, upstream, signal })
    const supply = { cacheDir, choice: 'auto' as const, upstream, record, go, signal }
    const facts = { version: component.version, arch: 'amd64' }
    const track = trackPhase('components', 1, report)
    await track(`${component.name} ${component.version}`, () =>
      fetchComponent(component, facts, 'amd64', supply),
    )
    await copyFile(
      artifactFile(cacheDir, `${artifactPath(component, 'amd64')}/${component.name}`),
      `${target}.new`,
    )
    await rename(`${target}.new`, target)
    return target
  } finally {
    upstream.close()
  }
}

async function readTool(file: string): Promise<ToolManifest> {
  const value: unknown = parse(await readFile(file, 'utf8'))
  const problems = shapeProblems(ToolManifest, value, file)
  if (problems.length > 0) throw invalid(problems)
  return value as ToolManifest
}
