import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readJson, sha256 } from './digest.ts'
import type { Layer } from './layer.ts'
import type { Arch } from './manifest.ts'

/** A thing in a registry or a layout: its kind, digest and size. */
export type Descriptor = { mediaType: string; digest: string; size: number }
export type ImageManifest = { schemaVersion: 2; mediaType?: string; config: Descriptor; layers: Descriptor[] }

export const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const configType = 'application/vnd.oci.image.config.v1+json'

/** How an image is started. */
export type Start = { entrypoint: readonly string[]; command?: readonly string[]; user?: string }

/** Writes config, manifest and index around layers that are there already: an OCI image layout. */
export async function writeImage(dir: string, reference: string, arch: Arch, start: Start, layers: Layer[]) {
  const config = await writeBlob(dir, configType, {
    architecture: arch,
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Entrypoint: start.entrypoint,
      ...(start.command ? { Cmd: start.command } : {}),
      ...(start.user ? { User: start.user } : {}),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  })
  const descriptors = layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }))
  const manifest = { schemaVersion: 2, mediaType: manifestType, config, layers: descriptors }
  return finishLayout(dir, reference, await writeBlob(dir, manifestType, manifest))
}

/** Writes the index that makes a folder of blobs a layout of this one image. */
export async function finishLayout(
  dir: string,
  reference: string,
  manifest: Descriptor,
): Promise<Descriptor> {
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': reference } }
  await writeFile(join(dir, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  await writeFile(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [named] }))
  return manifest
}

/** Where a layout keeps a blob. */
export function blobFile(dir: string, digest: string): string {
  return join(dir, 'blobs', 'sha256', digest.replace('sha256:', ''))
}

/** Makes the folder of blobs. */
export async function makeBlobsDir(dir: string): Promise<string> {
  const blobs = join(dir, 'blobs', 'sha256')
  await mkdir(blobs, { recursive: true })
  return blobs
}

/** Reads the one image of a layout. */
export async function readLayout(
  dir: string,
): Promise<{ descriptor: Descriptor; manifest: ImageManifest } | undefined> {
  const index = await readJson<{ manifests: Descriptor[] }>(join(dir, 'index.json'))
  const [descriptor] = index?.manifests ?? []
  const manifest = descriptor && (await readJson<ImageManifest>(blobFile(dir, descriptor.digest)))
  return manifest && { descriptor, manifest }
}

async function writeBlob(dir: string, mediaType: string, value: unknown): Promise<Descriptor> {
  const text = JSON.stringify(value)
  const digest = `sha256:${sha256(text)}`
  await writeFile(blobFile(dir, digest), text)
  return { mediaType, digest, size: Buffer.byteLength(text) }
}
