import { cp, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid } from '@slipway/errors'
import { run } from '@slipway/process'
import { type Apt, type Deb, openApt } from './apt.ts'
import { commitDir, debsDir, withScratch, writeWhole } from './cache.ts'
import { digestFile, readJson, sha256 } from './digest.ts'
import type { UpstreamEnvironment } from './environment.ts'
import type { Arch, ImageBase, Platform } from './manifest.ts'
import type { DigestRecord } from './record.ts'

type Supply = { cacheDir: string; env: UpstreamEnvironment; record: DigestRecord; signal: AbortSignal }
type Note = { names: readonly string[]; debs: Deb[] }

const NOTE = '.slipway.json'

/** The packages that a minimal host of this platform lacks, downloaded; resolved once, then kept as they are. */
export async function fetchPackages(platform: Platform, supply: Supply) {
  const dir = debsDir(supply.cacheDir, platform.name)
  const known = await readJson<Note>(join(dir, NOTE))
  if (known && String(known.names) === String(platform.packages)) {
    for (const { file, sha256 } of known.debs) await verifyDeb(join(dir, file), sha256, dir)
    return { value: known.debs, note: 'cached' }
  }
  const debs = await withScratch(supply.cacheDir, async (scratch) => {
    const into = join(scratch, 'debs')
    const apt = await aptFor(platform.suite, platform.arch, scratch, supply)
    const closure = await apt.closure(platform.packages, 'on-minimal-host')
    await apt.download(closure, into)
    for (const { file, sha256 } of closure)
      await supply.record.check(`debian/${platform.name}/${file}`, sha256)
    await writeWhole(join(into, NOTE), JSON.stringify({ names: platform.packages, debs: closure }, null, 1))
    await commitDir(into, dir)
    return closure
  })
  return { value: debs, note: `${debs.length} downloaded` }
}

/** A folder with the unpacked packages of an image base and all they depend on; made once per list of packages. */
export async function fetchBase(base: ImageBase, suite: string, arch: Arch, supply: Supply) {
  const key = sha256(JSON.stringify([suite, arch, base.packages])).slice(0, 16)
  const dir = join(supply.cacheDir, 'bases', `${suite}-${arch}-${key}`)
  const known = await readJson<Note>(join(dir, NOTE))
  if (known) return { dir, debs: known.debs }
  return withScratch(supply.cacheDir, async (scratch) => {
    const root = join(scratch, 'root')
    const apt = await aptFor(suite, arch, scratch, supply)
    const debs = await apt.closure(base.packages, 'on-nothing')
    await apt.download(debs, join(scratch, 'debs'))
    for (const { file } of debs) {
      await run(['dpkg-deb', '--extract', join(scratch, 'debs', file), root], { signal: supply.signal })
    }
    await mergeUsr(root)
    await writeWhole(join(root, NOTE), JSON.stringify({ names: base.packages, debs }, null, 1))
    await commitDir(root, dir)
    return { dir, debs }
  })
}

/** Puts /bin, /sbin, /lib and /lib64 into /usr, as on every installed Debian: older packages still ship both. */
async function mergeUsr(root: string): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await cp(join(root, name), join(root, 'usr', name), { recursive: true, verbatimSymlinks: true }).catch(
      ifThere,
    )
    await rm(join(root, name), { recursive: true, force: true })
    await symlink(join('usr', name), join(root, name))
  }
}

function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

function aptFor(suite: string, arch: Arch, scratch: string, { env, signal }: Supply): Promise<Apt> {
  return openApt({ dir: join(scratch, 'apt'), suite, arch, env, signal })
}

async function verifyDeb(file: string, recorded: string, dir: string): Promise<void> {
  const found = await digestFile(file).catch(() => undefined)
  if (found?.sha256 === recorded) return
  throw invalid([
    {
      field: file,
      message: `has SHA-256 ${found?.sha256 ?? '(it is gone)'}, but ${recorded} was recorded`,
      hint: `Somebody changed the cache. Remove ${dir} and fetch again.`,
    },
  ])
}
