import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'

/** What came back. */
export type Reply = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/** Sends one request over a connection of its own. */
export type Ask = (
  method: string,
  path: string,
  options?: { headers?: Record<string, string>; body?: Buffer | Readable },
) => Promise<Reply>

/** A raw HTTPS client that trusts the install's CA. */
export function askerOf({ url, caFile, token }: { url: string; caFile: string; token?: string }): Ask {
  const ca = readFileSync(caFile)
  return (method, path, { headers, body } = {}) =>
    new Promise((resolve, reject) => {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
      // The path goes out as it is written here: a URL would tidy it.
      const { hostname, port } = new URL(url)
      const sent = request(
        { hostname, port, path, method, ca, agent: false, headers: { ...authorization, ...headers } },
        (answer) => {
          const { statusCode: status = 0, headers: answered } = answer
          buffer(answer).then((bytes) => resolve({ status, headers: answered, body: bytes }), reject)
        },
      )
      sent.on('error', reject)
      if (body === undefined || Buffer.isBuffer(body)) sent.end(body)
      else body.pipe(sent)
    })
}

/** SHA-256 as hex. */
export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Pushes a raw file. */
export function putFile(ask: Ask, path: string, body: Buffer) {
  return ask('PUT', `/raw/${path}`, { body, headers: { 'x-slipway-sha256': sha256(body) } })
}

/** Pushes an image of one layer; answers its manifest. */
export async function putImage(ask: Ask, name: string, tag: string, layer: Buffer) {
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', of: sha256(layer) }))
  for (const blob of [config, layer]) {
    await ask('POST', `/v2/${name}/blobs/uploads/?digest=sha256:${sha256(blob)}`, { body: blob })
  }
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = manifestOf(mediaType, config, layer)
  const reply = await ask('PUT', `/v2/${name}/manifests/${tag}`, {
    body: manifest,
    headers: { 'content-type': mediaType },
  })
  return { manifest, digest: `sha256:${sha256(manifest)}`, mediaType, reply }
}

/** The text of an image manifest. */
export function manifestOf(mediaType: string, config: Buffer, ...layers: Buffer[]): Buffer {
  const descriptor = (bytes: Buffer, type: string) => ({
    mediaType: `application/vnd.oci.image.${type}`,
    digest: `sha256:${sha256(bytes)}`,
    size: bytes.length,
  })
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: descriptor(config, 'config.v1+json'),
      layers: layers.map((layer) => descriptor(layer, 'layer.v1.tar')),
    }),
  )
}
