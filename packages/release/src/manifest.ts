import { type Static, Type } from '@sinclair/typebox'

const closed = { additionalProperties: false }
const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,62}$' })
const Version = Type.String({ pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$' })
const AbsolutePath = Type.String({ pattern: '^/[^\\s]*$' })
const Text = Type.String({ minLength: 1 })

/** The processor architectures that a release can be made for, in Go's and OCI's words. */
export const Arch = Type.Union([Type.Literal('amd64'), Type.Literal('arm64')])
export type Arch = Static<typeof Arch>

/** Files fetched from where upstream publishes them. `url` with `${file}` is one download per file, else an archive. */
export const DownloadSource = Type.Object(
  {
    kind: Type.Literal('download'),
    url: Type.String({ pattern: '^https?://' }),
    /** Where a file sits inside a `.tar.gz`; without it the download is the file itself. */
    inside: Type.Optional(Text),
    /** A published SHA-256 of the download; its first 64 hex digits (on the line that names the download) are taken. */
    checksum: Type.Optional(Type.String({ pattern: '^https?://' })),
  },
  closed,
)
export type DownloadSource = Static<typeof DownloadSource>

/** The recipe by which the same upstream component is built as Go modules. */
export const GoSource = Type.Object(
  {
    kind: Type.Literal('go'),
    /** Name of the module around it: `slipway.lab/<module>`. */
    module: Name,
    packages: Type.Array(Text, { minItems: 1 }),
    /** What `go get` is given, each with its version; by default the packages at `v${version}`. */
    get: Type.Optional(Type.Array(Text, { minItems: 1 })),
    /** A module whose go.mod replaces its siblings by folders; they are taken as published at this version instead. */
    staging: Type.Optional(Type.Object({ module: Text, version: Text, published: Text }, closed)),
    /** Further lines of go.mod. */
    goMod: Type.Optional(Text),
    /** Go files of our own, by path. */
    sources: Type.Optional(Type.Record(Text, Text)),
    tags: Type.Optional(Text),
    ldflags: Type.Optional(Text),
    cgo: Type.Optional(Type.Boolean()),
  },
  closed,
)
export type GoSource = Static<typeof GoSource>

/** One upstream project at one version, the files taken from it and, in order of preference, its sources. */
export const Component = Type.Object(
  {
    name: Name,
    version: Version,
    files: Type.Array(
      Type.Object({ name: Name, /** Where nodes have it. */ node: Type.Optional(AbsolutePath) }, closed),
      { minItems: 1 },
    ),
    sources: Type.Array(Type.Union([DownloadSource, GoSource]), { minItems: 1 }),
  },
  closed,
)
export type Component = Static<typeof Component>

/** Debian programs that images need, with the libraries they are linked to. */
export const ImageBase = Type.Object(
  {
    os: Name,
    packages: Type.Array(Name, { minItems: 1 }),
    programs: Type.Array(AbsolutePath),
    /** Files and folders taken as they are. */
    paths: Type.Array(AbsolutePath),
    /** Symbolic links: where → target. */
    links: Type.Record(AbsolutePath, Text),
  },
  closed,
)
export type ImageBase = Static<typeof ImageBase>

/** One container image: pulled from the registry that its name says, else assembled from components. */
export const Image = Type.Object(
  {
    repository: Type.String({ pattern: '^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$' }),
    tag: Type.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$' }),
    role: Type.Union(
      (['control-plane', 'node', 'all', 'addon', 'proof'] as const).map((role) => Type.Literal(role)),
    ),
    assemble: Type.Object(
      {
        base: Type.Optional(Name),
        /** `<component>/<file>` → path in the image. */
        files: Type.Record(Type.String({ pattern: '^[a-z0-9.-]+/[a-z0-9.-]+$' }), AbsolutePath),
        entrypoint: Type.Array(Text, { minItems: 1 }),
        command: Type.Optional(Type.Array(Text)),
        user: Type.Optional(Text),
      },
      closed,
    ),
  },
  closed,
)
export type Image = Static<typeof Image>

/** The Go that builds what can't be downloaded, and where it comes from when the machine has none. */
export const Toolchain = Type.Object(
  { go: Type.Object({ minimum: Text, version: Version, url: Text, wheel: Text }, closed) },
  closed,
)

/** Which versions of everything belong together for one Kubernetes version, and where each comes from. */
export const ReleaseManifest = Type.Object(
  {
    schema: Type.Literal(1),
    kubernetes: Version,
    toolchain: Toolchain,
    operatingSystems: Type.Record(
      Name,
      Type.Object(
        {
          family: Type.Literal('debian'),
          suite: Name,
          archs: Type.Array(Arch, { minItems: 1 }),
          /** What a minimal host lacks; dependencies come along. */
          packages: Type.Array(Name, { minItems: 1 }),
        },
        closed,
      ),
    ),
    components: Type.Array(Component, { minItems: 1 }),
    bases: Type.Record(Name, ImageBase),
    images: Type.Array(Image, { minItems: 1 }),
  },
  closed,
)
export type ReleaseManifest = Static<typeof ReleaseManifest>

/** One machine kind that a release serves, e.g. `debian-12-amd64`. */
export type Platform = { name: string; os: string; suite: string; arch: Arch; packages: readonly string[] }

/** Every platform of a release. */
export function platformsOf(manifest: ReleaseManifest): Platform[] {
  return Object.entries(manifest.operatingSystems).flatMap(([os, { suite, archs, packages }]) =>
    archs.map((arch) => ({ name: `${os}-${arch}`, os, suite, arch, packages })),
  )
}

const triplets = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' } as const

/** Debian's name of an architecture's library folder. */
export function tripletOf(arch: Arch): string {
  return triplets[arch]
}

/** Fills `${version}`, `${arch}` and the like into a text of the manifest. */
export function fill(text: string, facts: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole)
}
