import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Where a component's files lie: the same path that nodes ask repo-proxy's `raw/` for. */
export function artifactPath(component: { name: string; version: string }, arch: string): string {
  return `${component.name}/${component.version}/linux-${arch}`
}

/** The local file behind a raw path of a resolved release. */
export function artifactFile(cacheDir: string, url: string): string {
  return join(cacheDir, 'artifacts', url)
}

/** The OCI layout of one image. */
export function imageDir(cacheDir: string, image: { repository: string; tag: string }, arch: string): string {
  return join(cacheDir, 'images', image.repository.replace(':', '_'), image.tag, `linux-${arch}`)
}

/** The folder of one platform's packages. */
export function debsDir(cacheDir: string, platform: string): string {
  return join(cacheDir, 'debs', platform)
}

/** Where a resolved release is kept. */
export function releaseFile(cacheDir: string, kubernetes: string): string {
  return join(cacheDir, 'releases', `${kubernetes}.json`)
}

/** Runs a step with a folder of its own below `<cache>/work`, which is gone afterwards however the step ended. */
export async function withScratch<T>(cacheDir: string, step: (dir: string) => Promise<T>): Promise<T> {
  await mkdir(join(cacheDir, 'work'), { recursive: true })
  const dir = await mkdtemp(join(cacheDir, 'work', `${process.pid}-`))
  try {
    return await step(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Puts a finished folder in its place. A reader sees the old one or the new one, or for an instant none. */
export async function commitDir(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await rm(to, { recursive: true, force: true })
  await rename(from, to)
}

/** Writes a file so that a reader sees all of it or none. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, text)
  await rename(draft, file)
}

/** Removes what processes that are no longer there left in `<cache>/work`. */
export async function sweepScratch(cacheDir: string): Promise<void> {
  const names = await readdir(join(cacheDir, 'work')).catch(() => [])
  const dead = names.filter((name) => !isAlive(Number.parseInt(name, 10)))
  await Promise.all(dead.map((name) => rm(join(cacheDir, 'work', name), { recursive: true, force: true })))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
