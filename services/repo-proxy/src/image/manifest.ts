import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { invalid } from '@slipway/errors'
import { type Digest, parseOciDigest } from '../blob/digest.ts'

const Descriptor = Type.Object({
  mediaType: Type.String(),
  digest: Type.String(),
  size: Type.Integer({ minimum: 0 }),
})
const Manifest = Type.Object({
  schemaVersion: Type.Literal(2),
  mediaType: Type.Optional(Type.String()),
  config: Type.Optional(Descriptor),
  layers: Type.Optional(Type.Array(Descriptor)),
  manifests: Type.Optional(Type.Array(Descriptor)),
})
type Descriptor = Static<typeof Descriptor>

/** What an image manifest or index needs to be there: by digest, with the size that it says. */
export type Needed = { blobs: Map<Digest, number>; manifests: Map<Digest, number> }

const mediaTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]

/** Reads a manifest or index as far as a registry has to. `contentType` is what its sender calls it. */
export function parseManifest(
  text: string,
  contentType: string | undefined,
): { mediaType: string; needed: Needed } {
  const value = parseJson(text)
  if (!Value.Check(Manifest, value)) {
    const [first] = [...Value.Errors(Manifest, value)]
    throw malformed(`${first?.path ?? ''} ${first?.message ?? 'is wrong'}`.trim())
  }
  const mediaType = contentType?.split(';')[0]?.trim() || value.mediaType || ''
  if (value.mediaType !== undefined && value.mediaType !== mediaType) {
    throw malformed(`it says ${value.mediaType}, but was sent as ${mediaType}`)
  }
  if (!mediaTypes.includes(mediaType)) throw malformed(`${mediaType || 'no media type'} is not known here`)
  const { config, layers = [], manifests = [] } = value
  return {
    mediaType,
    needed: { blobs: sizes(config ? [config, ...layers] : layers), manifests: sizes(manifests) },
  }
}

function sizes(descriptors: readonly Descriptor[]): Map<Digest, number> {
  return new Map(descriptors.map(({ digest, size }) => [parseOciDigest(digest), size]))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('it is not JSON')
  }
}

function malformed(message: string) {
  return invalid([
    {
      field: 'manifest',
      message,
      hint: 'Send an OCI or Docker v2 image manifest or index with its Content-Type.',
    },
  ])
}
