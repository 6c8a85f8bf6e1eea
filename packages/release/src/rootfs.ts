import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { unavailable } from '@slipway/errors'
import { run, start } from '@slipway/process'
import { type Arch, fill, type ImageBase, tripletOf } from './manifest.ts'

/** One entry of an image's file system: a file taken from here, a text, a symbolic link, or an empty folder. */
export type Entry =
  | { kind: 'file'; from: string; mode: number }
  | { kind: 'text'; text: string; mode: number }
  | { kind: 'link'; target: string }
  | { kind: 'folder' }

/** Entries by their path in the image, without a leading slash. Folders above them come by themselves. */
export type Tree = Map<string, Entry>

const loaders = { amd64: 'ld-linux-x86-64.so.2', arm64: 'ld-linux-aarch64.so.1' } as const

/** What every image has; the folders of a root whose /usr is merged among it. */
export function skeleton(): Tree {
  const texts = {
    'etc/passwd': 'root:x:0:0:root:/:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/false\n',
    'etc/group': 'root:x:0:\nnobody:x:65534:\n',
    'etc/nsswitch.conf': 'hosts: files dns\n',
  }
  const links = ['bin', 'sbin', 'lib', 'lib64'].map(
    (name) => [name, { kind: 'link', target: `usr/${name}` }] as const,
  )
  const files = Object.entries(texts).map(
    ([path, text]) => [path, { kind: 'text', text, mode: 0o644 }] as const,
  )
  const folders = ['tmp', 'proc', 'sys', 'dev', 'run', 'var'].map(
    (path) => [path, { kind: 'folder' }] as const,
  )
  return new Map<string, Entry>([...files, ...links, ...folders])
}

/** The programs of an image base with the libraries they are linked to, out of an unpacked root. */
export async function baseTree(base: ImageBase, root: string, arch: Arch): Promise<Tree> {
  const tree: Tree = new Map()
  const facts = { triplet: tripletOf(arch), arch }
  for (const path of base.paths) await addPath(tree, root, fill(path, facts))
  for (const program of base.programs) {
    await addPath(tree, root, program)
    for (const library of await librariesOf(program, root, arch)) await addFile(tree, root, library)
  }
  for (const [path, target] of Object.entries(base.links)) tree.set(path.slice(1), { kind: 'link', target })
  return tree
}

/** Asks the root's own loader, so that this machine's libraries play no part. A static program has none. */
async function librariesOf(program: string, root: string, arch: Arch): Promise<string[]> {
  const folder = join(root, 'usr/lib', tripletOf(arch))
  const loader = join(folder, loaders[arch])
  if (!(await isDynamic(loader, join(root, program)))) return []
  const { stdout } = await run([loader, '--library-path', folder, '--list', join(root, program)])
  const paths = stdout.split(/\s+/).filter((word) => word.startsWith('/'))
  return paths.map((path) => (path.startsWith(root) ? path.slice(root.length) : path))
}

async function isDynamic(loader: string, file: string): Promise<boolean> {
  if (!(await stat(loader).catch(() => undefined))) return false
  return (await start([loader, '--verify', file]).ended).exitCode === 0
}

async function addPath(tree: Tree, root: string, path: string): Promise<void> {
  const found = await lstat(join(root, path)).catch(() => undefined)
  if (!found) throw unavailable(path, 'is in none of the packages of the image base', 'Correct `bases`.')
  if (!found.isDirectory()) return addFile(tree, root, path)
  for (const name of (await readdir(join(root, path))).sort()) await addPath(tree, root, join(path, name))
}

/** Takes a file; a symbolic link becomes what it points to. */
async function addFile(tree: Tree, root: string, path: string): Promise<void> {
  const real = await resolveIn(root, path)
  const { mode } = await stat(join(root, real))
  tree.set(canonical(path).slice(1), {
    kind: 'file',
    from: join(root, real),
    mode: mode & 0o111 ? 0o755 : 0o644,
  })
}

/** /lib is a link to /usr/lib in every image. */
function canonical(path: string): string {
  return path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/')
}

/** Follows links as if `root` were the root of everything. */
async function resolveIn(root: string, path: string, hops = 0): Promise<string> {
  const here = canonical(path)
  const found = await lstat(join(root, here))
  if (!found.isSymbolicLink() || hops > 8) return here
  const target = await readlink(join(root, here))
  return resolveIn(root, posix.resolve(dirname(here), target), hops + 1)
}
