import { type FileHandle, open } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { unavailable } from '@slipway/errors'
import type { Answer, Content } from './exchange.ts'
import { type Range, readRange } from './range.ts'
import { sendFile } from './send-file.ts'

type Headers = Record<string, string | number>

/** Writes an answer, honouring HEAD, If-None-Match, If-Modified-Since, Range and If-Range. */
export async function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, content }: Answer,
): Promise<void> {
  if (!content) {
    response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': 0 }) }).end()
    return
  }
  if (content.kind === 'bytes') return writeBytes(request, response, { status, headers, content })
  const handle = await openStored(content.file)
  try {
    const { size } = await handle.stat()
    await writeFile(request, response, { status, headers, content, handle, size })
  } finally {
    await handle.close()
  }
}

function writeBytes(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, content }: { status: number; headers: Headers; content: Content & { kind: 'bytes' } },
): void {
  const all = { ...headers, ...validators(content) }
  if (status === 200 && isUnchanged(request, content)) return void response.writeHead(304, all).end()
  response.writeHead(status, {
    'content-type': 'application/json',
    ...all,
    'content-length': content.bytes.length,
  })
  response.end(request.method === 'HEAD' ? undefined : content.bytes)
}

type FileAnswer = {
  status: number
  headers: Headers
  content: Content & { kind: 'file' }
  handle: FileHandle
  size: number
}

async function writeFile(
  request: IncomingMessage,
  response: ServerResponse,
  answer: FileAnswer,
): Promise<void> {
  const { status, content, handle, size } = answer
  const headers: Headers = { ...answer.headers, ...validators(content), 'accept-ranges': 'bytes' }
  if (isUnchanged(request, content)) return void response.writeHead(304, headers).end()
  const range = readRange(stillWanted(request, content), size)
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${size}`, 'content-length': 0 }).end()
    return
  }
  const part: Range = range === 'whole' ? { first: 0, last: size - 1 } : range
  headers['content-length'] = part.last - part.first + 1
  if (range !== 'whole') headers['content-range'] = `bytes ${part.first}-${part.last}/${size}`
  response.writeHead(range === 'whole' ? status : 206, headers)
  if (request.method !== 'HEAD') await sendFile(response, handle, part)
  response.end()
}

async function openStored(file: string): Promise<FileHandle> {
  return open(file).catch((cause) => {
    throw unavailable(
      'blob',
      `The stored file ${file} can't be read: ${cause.message}`,
      'Push the artifact again: that puts its bytes back.',
      cause,
    )
  })
}

function validators({ etag, changedAt }: Content): Record<string, string> {
  return {
    ...(etag === undefined ? {} : { etag: `"${etag}"` }),
    ...(changedAt === undefined ? {} : { 'last-modified': changedAt.toUTCString() }),
  }
}

function isUnchanged({ headers }: IncomingMessage, { etag, changedAt }: Content): boolean {
  const known = headers['if-none-match']
  if (known !== undefined)
    return etag !== undefined && known.split(/\s*,\s*/).some((one) => sameTag(one, etag))
  const since = headers['if-modified-since']
  return since !== undefined && changedAt !== undefined && isNotAfter(changedAt, since)
}

/** The Range header, unless If-Range says that it was meant for other bytes. */
function stillWanted({ headers }: IncomingMessage, { etag, changedAt }: Content): string | undefined {
  const condition = headers['if-range']?.toString()
  if (condition === undefined) return headers.range
  if (etag !== undefined && sameTag(condition, etag)) return headers.range
  if (changedAt !== undefined && isNotAfter(changedAt, condition)) return headers.range
  return undefined
}

function sameTag(given: string, etag: string): boolean {
  return given === '*' || given.replace(/^W\//, '') === `"${etag}"`
}

/** HTTP dates have whole seconds. */
function isNotAfter(changedAt: Date, date: string): boolean {
  return Math.floor(changedAt.getTime() / 1000) * 1000 <= Date.parse(date)
}
