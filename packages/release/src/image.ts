import { join } from 'node:path'
import { invalid, SlipwayError } from '@slipway/errors'
import { artifactFile, artifactPath, commitDir, imageDir, withScratch, writeWhole } from './cache.ts'
import type { Fetched, SourceChoice } from './component.ts'
import { digestFile, readJson, sha256 } from './digest.ts'
import type { UpstreamEnvironment } from './environment.ts'
import { type Layer, writeLayer } from './layer.ts'
import { blobFile, makeBlobsDir, readLayout, writeImage } from './layout.ts'
import type { Arch, Image, ImageBase, ReleaseManifest } from './manifest.ts'
import { fetchBase } from './packages.ts'
import type { DigestRecord } from './record.ts'
import { canPull, pullImage } from './registry.ts'
import { baseTree, type Entry, skeleton, type Tree } from './rootfs.ts'
import type { Upstream } from './upstream.ts'

/** An image that lies in the cache as a layout. */
export type FetchedImage = { digest: string; bytes: number }

type Supply = {
  cacheDir: string
  choice: SourceChoice
  upstream: Upstream
  record: DigestRecord
  env: UpstreamEnvironment
  signal: AbortSignal
  manifest: ReleaseManifest
  components: ReadonlyMap<string, Fetched>
}

const NOTE = 'slipway.json'
type Note = { source: 'official' | 'assembled'; recipe: string }

/** One image as a layout in the cache: what is there and whole, else pulled from its registry or assembled. */
export async function fetchImage(image: Image, arch: Arch, supply: Supply) {
  const dir = imageDir(supply.cacheDir, image, arch)
  const recipe = recipeOf(image, arch, supply)
  const note = await readJson<Note>(join(dir, NOTE))
  const usable = note?.source === 'official' ? supply.choice !== 'build' : supply.choice !== 'official'
  if (note && usable && (note.source === 'official' || note.recipe === recipe)) {
    return { value: await verify(dir, image), note: `cached, ${note.source}` }
  }
  return withScratch(supply.cacheDir, async (scratch) => {
    const draft = join(scratch, 'image')
    const source = await make(image, arch, supply, draft)
    const fetched = await verify(draft, image)
    // an image assembled from other files is another image; one that was pulled must stay what it was
    const key = source === 'official' ? source : recipe.slice(0, 16)
    const name = `${image.repository}:${image.tag}/linux-${arch}/${key}`
    await supply.record.check(name, fetched.digest.replace('sha256:', ''))
    await writeWhole(join(draft, NOTE), JSON.stringify({ source, recipe } satisfies Note))
    await commitDir(draft, dir)
    return { value: fetched, note: source }
  })
}

async function make(image: Image, arch: Arch, supply: Supply, dir: string): Promise<Note['source']> {
  const { choice, upstream } = supply
  if (choice === 'official' || (choice === 'auto' && (await canPull(image, upstream)))) {
    try {
      await pullImage(image, arch, upstream, dir)
      return 'official'
    } catch (error) {
      const mayAssemble = choice === 'auto' && error instanceof SlipwayError && error.code === 'Unavailable'
      if (supply.signal.aborted || !mayAssemble) throw error
    }
  }
  await assemble(image, arch, supply, dir)
  return 'assembled'
}

/** Two layers: what images of one base share, and the component's own files. */
async function assemble(image: Image, arch: Arch, supply: Supply, dir: string): Promise<void> {
  const blobs = await makeBlobsDir(dir)
  const base = baseOf(image, supply.manifest)
  const lower: Tree = new Map([...skeleton(), ...(base ? await treeOf(base, arch, supply) : [])])
  const upper: Tree = new Map()
  for (const [file, path] of Object.entries(image.assemble.files)) {
    upper.set(path.slice(1), {
      kind: 'file',
      from: componentFile(file, arch, supply),
      mode: 0o755,
    } satisfies Entry)
  }
  const layers: Layer[] = []
  for (const tree of [lower, upper]) if (tree.size > 0) layers.push(await writeLayer(tree, blobs))
  await writeImage(dir, `${image.repository}:${image.tag}`, arch, image.assemble, layers)
}

function baseOf({ assemble: { base } }: Image, manifest: ReleaseManifest): ImageBase | undefined {
  return base === undefined ? undefined : manifest.bases[base]
}

async function treeOf(base: ImageBase, arch: Arch, supply: Supply): Promise<Tree> {
  const { suite = base.os } = supply.manifest.operatingSystems[base.os] ?? {}
  const { dir } = await fetchBase(base, suite, arch, supply)
  return baseTree(base, dir, arch)
}

function componentFile(file: string, arch: Arch, { components, cacheDir }: Supply): string {
  const [name = '', program = ''] = file.split('/')
  const fetched = components.get(name)
  if (!fetched) throw new TypeError(`${name} was not fetched before the image that needs it`)
  return join(artifactFile(cacheDir, artifactPath(fetched.component, arch)), program)
}

/** What an assembled image is made from; another recipe is another image. */
function recipeOf(image: Image, arch: Arch, { manifest, components }: Supply): string {
  const files = Object.keys(image.assemble.files).map((file) => {
    const [name = '', program = ''] = file.split('/')
    return components.get(name)?.files[program]?.sha256
  })
  return sha256(JSON.stringify([image.assemble, arch, baseOf(image, manifest), files]))
}

/** Hashes every blob of a layout. */
async function verify(dir: string, { repository, tag }: Image): Promise<FetchedImage> {
  const layout = await readLayout(dir)
  const blobs = layout ? [layout.descriptor, layout.manifest.config, ...layout.manifest.layers] : []
  for (const { digest } of blobs) {
    const found = await digestFile(blobFile(dir, digest)).catch(() => undefined)
    if (found && `sha256:${found.sha256}` === digest) continue
    throw invalid([
      {
        field: `${repository}:${tag}`,
        message: `its part ${digest} ${found ? `has SHA-256 ${found.sha256}` : 'is gone'}`,
        hint: `Somebody changed the cache. Remove ${dir} and fetch again.`,
      },
    ])
  }
  if (!layout)
    throw invalid([{ field: dir, message: 'is no image layout', hint: 'Remove it and fetch again.' }])
  return { digest: layout.descriptor.digest, bytes: blobs.reduce((sum, { size }) => sum + size, 0) }
}
