import { createReadStream, createWriteStream } from 'node:fs'
import { rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'
import { measure } from './digest.ts'
import type { Entry, Tree } from './rootfs.ts'

/** A layer blob in a layout, and the digest of its tar before compression. */
export type Layer = { digest: string; size: number; diffId: string; mediaType: string }

/**
 * zstd, not gzip: over kube-apiserver (105 MB) level 3 takes 0.34 s against 1.8 s, comes out 10 % smaller,
 * and unpacks in half the time, which every node pays for every image. containerd reads it since 1.5.
 */
const mediaType = 'application/vnd.oci.image.layer.v1.tar+zstd'

/** Writes a tree as a layer into a blobs folder. The same tree gives the same bytes: sorted, time 0, owner 0. */
export async function writeLayer(tree: Tree, blobsDir: string): Promise<Layer> {
  const draft = join(blobsDir, `draft-${process.pid}`)
  const tar = pack()
  const plain = measure()
  const meter = measure()
  const squeeze = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } })
  const written = pipeline(tar, plain.stream, squeeze, meter.stream, createWriteStream(draft))
  await Promise.all([addEntries(tar, tree), written])
  const { sha256, bytes } = meter.read()
  await rename(draft, join(blobsDir, sha256))
  return { digest: `sha256:${sha256}`, size: bytes, diffId: `sha256:${plain.read().sha256}`, mediaType }
}

async function addEntries(tar: Pack, tree: Tree): Promise<void> {
  for (const path of foldersOf(tree)) {
    tar.entry({ ...owner, name: `${path}/`, type: 'directory', mode: path === 'tmp' ? 0o1777 : 0o755 })
  }
  for (const [path, entry] of [...tree].sort(([a], [b]) => (a < b ? -1 : 1))) await addEntry(tar, path, entry)
  tar.finalize()
}

const owner = { uid: 0, gid: 0, mtime: new Date(0) }

async function addEntry(tar: Pack, name: string, entry: Entry): Promise<void> {
  if (entry.kind === 'folder') return
  if (entry.kind === 'link') {
    tar.entry({ ...owner, name, type: 'symlink', linkname: entry.target, mode: 0o777 })
  } else if (entry.kind === 'text') {
    tar.entry({ ...owner, name, mode: entry.mode }, entry.text)
  } else {
    const { size } = await stat(entry.from)
    const sink = tar.entry({ ...owner, name, mode: entry.mode, size })
    await pipeline(createReadStream(entry.from, { highWaterMark: 1 << 20 }), sink)
  }
}

/** Every folder named by or above an entry, parents first. */
function foldersOf(tree: Tree): string[] {
  const folders = new Set<string>()
  for (const [path, { kind }] of tree) {
    if (kind === 'folder') folders.add(path)
    for (let up = dirname(path); up !== '.'; up = dirname(up)) folders.add(up)
  }
  return [...folders].sort()
}
