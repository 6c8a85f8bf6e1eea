import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ReadableStream } from 'node:stream/web'
import { promisify } from 'node:util'
import { gunzip, zstdDecompress } from 'node:zlib'
import { invalid, isSlipwayError } from '@slipway/errors'
import { extract } from 'tar-stream'
import xz from 'xz-decompress'
import { type Member, readControlMember } from './archive.ts'
import { type Control, parseControl } from './control.ts'

const LARGEST_TAR = 64 * 1024 * 1024

/** Reads what a .deb says about itself. */
export async function readDeb(file: string): Promise<Control> {
  const member = await readControlMember(file)
  if (!member) throw notDeb('it has no control archive')
  try {
    return parseControl(await controlFile(await decompress(member)))
  } catch (error) {
    if (isSlipwayError(error)) throw error
    throw notDeb(`its ${member.name} can't be unpacked`)
  }
}

async function decompress({ name, bytes }: Member): Promise<Buffer> {
  switch (name) {
    case 'control.tar':
      return bytes
    case 'control.tar.gz':
      return promisify(gunzip)(bytes, { maxOutputLength: LARGEST_TAR })
    case 'control.tar.zst':
      return promisify(zstdDecompress)(bytes, { maxOutputLength: LARGEST_TAR })
    case 'control.tar.xz':
      return decompressXz(bytes)
    default:
      throw notDeb(`${name} is packed in a way that is not known here`)
  }
}

async function decompressXz(bytes: Buffer): Promise<Buffer> {
  const packed = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes)
      controller.close()
    },
  })
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of new xz.XzReadableStream(
    packed as never,
  ) as unknown as ReadableStream<Uint8Array>) {
    length += chunk.length
    if (length > LARGEST_TAR) throw notDeb('its control archive is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The file `control` of the control archive. */
async function controlFile(tar: Buffer): Promise<string> {
  const entries = extract()
  Readable.from([tar]).pipe(entries)
  for await (const entry of entries) {
    if (entry.header.name.replace(/^\.\//, '') === 'control') return (await buffer(entry)).toString('utf8')
    entry.resume()
  }
  throw notDeb('its control archive has no file control')
}

function notDeb(message: string) {
  return invalid([
    { field: 'package', message, hint: 'Send a Debian package as `dpkg-deb --build` makes it.' },
  ])
}
