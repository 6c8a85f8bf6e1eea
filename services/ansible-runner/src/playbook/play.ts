import { createHash } from 'node:crypto'
import { chown } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { bug } from '@slipway/errors'
import { type Ending, start } from '@slipway/process'
import type { Document } from './document.ts'
import { type Event, readEvent } from './event.ts'

/** Where and as whom commands run. */
export type Stage = {
  venv: string
  /** Folder for sockets, which the user that runs commands can enter. */
  sockets: string
  runAs: { uid: number; gid: number } | undefined
}

const LAUNCHER = join(import.meta.dirname, '../../launcher/launch.py')
// Namespaces of its own: its tmpfs and every process in it are gone with pid 1, whatever happened.
const UNSHARE = ['unshare', '--user', '--mount', '--pid', '--fork', '--kill-child', '--map-current-user']
const LONGEST_EVENT = 16 * 1024 * 1024

/**
 * Runs the command of a document to its end. `onEvent` gets what it says, one event after the other per connection; while it
 * works, the command is slowed down. `id` is anything unique. What `onEvent` throws ends the command and is thrown.
 */
export async function play(
  stage: Stage,
  document: Document,
  options: {
    id: string
    signal: AbortSignal
    deadlineMs: number
    onEvent: (event: Event) => Promise<void>
  },
): Promise<Ending> {
  const { onEvent, deadlineMs } = options
  const broken = new AbortController()
  const path = join(stage.sockets, socketName(options.id))
  const hearing = new Set<Promise<void>>()
  const server = createServer((socket) => {
    const work = hear(socket, onEvent)
      .catch((error) => broken.abort(error))
      .finally(() => hearing.delete(work))
    hearing.add(work)
  })
  await listen(server, path, stage)
  try {
    const argv = [...UNSHARE, '--keep-caps', '--mount-proc', join(stage.venv, 'bin/python3'), '-I', LAUNCHER]
    const child = start(argv, {
      ...stage.runAs,
      cwd: '/',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', HOME: '/', LANG: 'C.UTF-8' },
      input: JSON.stringify({ ...document, socket: path }),
      signal: AbortSignal.any([options.signal, broken.signal]),
      deadlineMs,
    })
    const ending = await child.ended
    // All who could write are dead: what is left in the sockets comes to an end.
    await Promise.all(hearing)
    if (broken.signal.aborted) throw broken.signal.reason
    return ending
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

/** Short, as the path of a socket has 107 characters at most. */
function socketName(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16)
}

function listen(server: Server, path: string, { runAs }: Stage): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      if (runAs) chown(path, runAs.uid, runAs.gid).then(resolve, reject)
      else resolve()
    })
  })
}

/** Reads a connection's events. Nothing more is read from the socket while one is worked on. */
async function hear(socket: Socket, onEvent: (event: Event) => Promise<void>): Promise<void> {
  let rest: Buffer[] = []
  let kept = 0
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      await onEvent(readEvent(Buffer.concat([...rest, chunk.subarray(from, at)]).toString()))
      rest = []
      kept = 0
      from = at + 1
    }
    kept += chunk.length - from
    if (kept > LONGEST_EVENT) throw bug('an event of the playbook is longer than 16 MiB')
    if (from < chunk.length) rest.push(chunk.subarray(from))
  }
}
