import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { invalid, unavailable } from '@slipway/errors'
import { extract } from 'tar-stream'
import type { Component, DownloadSource } from './manifest.ts'
import { fill } from './manifest.ts'
import type { Upstream } from './upstream.ts'

type Wanted = { component: Component; source: DownloadSource; facts: Record<string, string> }

/** Whether a component's download site can be reached. */
export function canDownload({ component, source, facts }: Wanted, upstream: Upstream): Promise<boolean> {
  return upstream.isReachable(fill(source.url, { ...facts, file: component.files[0]?.name ?? '' }))
}

/** Downloads a component's files into a folder and holds them against the checksums that upstream publishes. */
export async function downloadComponent(wanted: Wanted, upstream: Upstream, into: string): Promise<void> {
  const { component, source, facts } = wanted
  await mkdir(into, { recursive: true })
  if (source.inside === undefined) {
    for (const { name } of component.files) {
      await downloadChecked(source, { ...facts, file: name }, upstream, join(into, name))
    }
  } else {
    const archive = `${into}.tar.gz`
    await downloadChecked(source, facts, upstream, archive)
    await unpack(archive, into, wanted)
  }
  await Promise.all(component.files.map(({ name }) => chmod(join(into, name), 0o755)))
}

async function downloadChecked(
  source: DownloadSource,
  facts: Record<string, string>,
  upstream: Upstream,
  file: string,
): Promise<void> {
  const url = fill(source.url, facts)
  const { sha256 } = await upstream.download(url, file)
  if (source.checksum === undefined) return
  const published = publishedDigest(await upstream.text(fill(source.checksum, facts)), basename(url))
  if (published === sha256) return
  throw invalid([
    {
      field: url,
      message: `has SHA-256 ${sha256}, but upstream publishes ${published ?? 'none'}`,
      hint: 'Nothing of it is used. Fetch again; if it stays so, tell upstream.',
    },
  ])
}

/** Checksum files come bare, as one line, or as a list of `digest  name`. */
export function publishedDigest(text: string, name: string): string | undefined {
  const lines = text.split('\n').filter((line) => /^[0-9a-f]{64}\b/.test(line))
  const line = lines.length > 1 ? lines.find((each) => each.trimEnd().endsWith(name)) : lines[0]
  return line?.slice(0, 64)
}

/** Takes just the wanted files out of a `.tar.gz`. */
async function unpack(archive: string, into: string, { component, source, facts }: Wanted): Promise<void> {
  const wanted = new Map(
    component.files.map(({ name }) => [fill(source.inside ?? '', { ...facts, file: name }), name]),
  )
  const entries = extract()
  const reading = pipeline(createReadStream(archive), createGunzip(), entries)
  for await (const entry of entries) {
    const path = entry.header.name.replace(/^\.\//, '')
    const name = wanted.get(path)
    if (name === undefined) entry.resume()
    else await pipeline(entry, createWriteStream(join(into, name)))
    wanted.delete(path)
  }
  await reading
  if (wanted.size === 0) return
  throw unavailable(
    fill(source.url, facts),
    `does not hold ${[...wanted.keys()].join(', ')}`,
    'Correct `inside` in the release manifest.',
  )
}
