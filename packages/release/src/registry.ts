import { writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { invalid, unavailable } from '@slipway/errors'
import { sha256 } from './digest.ts'
import {
  blobFile,
  type Descriptor,
  finishLayout,
  type ImageManifest,
  makeBlobsDir,
  manifestType,
} from './layout.ts'
import type { Arch } from './manifest.ts'
import type { Upstream } from './upstream.ts'

type Reference = { repository: string; tag: string }
type Index = { manifests: (Descriptor & { platform?: { os: string; architecture: string } })[] }
type Headers = Record<string, string>

const accepted = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  manifestType,
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/** Whether an image's registry answers. */
export function canPull({ repository }: Reference, upstream: Upstream): Promise<boolean> {
  return upstream.isReachable(`https://${hostOf(repository)}/v2/`)
}

/** Pulls one image for Linux on one architecture into a layout; every blob is held against its digest. */
export async function pullImage(
  image: Reference,
  arch: Arch,
  upstream: Upstream,
  dir: string,
): Promise<Descriptor> {
  await makeBlobsDir(dir)
  const base = `https://${hostOf(image.repository)}/v2/${image.repository.slice(hostOf(image.repository).length + 1)}`
  const auth = await authorise(`${base}/manifests/${image.tag}`, upstream)
  const first = await getManifest(`${base}/manifests/${image.tag}`, auth, upstream)
  const chosen = isIndex(first.value) ? choose(first.value, arch, image) : undefined
  const found = chosen ? await getManifest(`${base}/manifests/${chosen.digest}`, auth, upstream) : first
  const manifest = found.value as ImageManifest
  if (chosen) requireDigest(chosen.digest, found.digest, image)
  await writeFile(blobFile(dir, found.digest), found.text)
  for (const { digest } of [manifest.config, ...manifest.layers]) {
    const got = await upstream.download(`${base}/blobs/${digest}`, blobFile(dir, digest), auth)
    requireDigest(digest, `sha256:${got.sha256}`, image)
  }
  const size = Buffer.byteLength(found.text)
  return finishLayout(dir, `${image.repository}:${image.tag}`, {
    mediaType: manifest.mediaType ?? manifestType,
    digest: found.digest,
    size,
  })
}

function hostOf(repository: string): string {
  return repository.slice(0, repository.indexOf('/'))
}

/** Answers a registry's challenge with an anonymous token, if it makes one. */
async function authorise(url: string, upstream: Upstream): Promise<Headers> {
  const answer = await upstream.ask(url, { method: 'HEAD', headers: { accept: accepted } })
  answer.resume()
  const challenge = answer.headers['www-authenticate']
  if (answer.statusCode !== 401 || !challenge) return {}
  const part = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? ''
  const realm = new URL(part('realm'))
  realm.searchParams.set('service', part('service'))
  realm.searchParams.set('scope', part('scope'))
  const { token, access_token } = JSON.parse(await upstream.text(realm.href)) as Record<string, string>
  return { authorization: `Bearer ${token ?? access_token ?? ''}` }
}

async function getManifest(url: string, auth: Headers, upstream: Upstream) {
  const answer = await upstream.ask(url, { headers: { ...auth, accept: accepted } })
  const body = await text(answer)
  if (answer.statusCode !== 200) {
    throw unavailable(url, `answered ${answer.statusCode}`, 'Check the image in the release manifest.')
  }
  return { text: body, digest: `sha256:${sha256(body)}`, value: JSON.parse(body) as Index | ImageManifest }
}

function isIndex(value: Index | ImageManifest): value is Index {
  return 'manifests' in value
}

function choose(index: Index, arch: Arch, { repository, tag }: Reference): Descriptor {
  const found = index.manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === arch,
  )
  if (found) return found
  throw unavailable(
    `${repository}:${tag}`,
    `has no image for linux/${arch}`,
    'Choose another tag or architecture.',
  )
}

function requireDigest(wanted: string, found: string, { repository, tag }: Reference): void {
  if (wanted === found) return
  throw invalid([
    {
      field: `${repository}:${tag}`,
      message: `a part has digest ${found}, but its manifest says ${wanted}`,
      hint: 'Nothing of it is used. Fetch again; if it stays so, tell whoever runs that registry.',
    },
  ])
}
