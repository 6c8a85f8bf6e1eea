import { chmod, chown, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stage } from './play.ts'

/** The folder for sockets to playbooks. */
export type Sockets = { folder: string; close: () => Promise<void> }

const PREFIX = 'slipway-runner-'
/** Somebody listens here as long as the runner of a folder lives, whatever its number and namespace are. */
const ALIVE = 'alive'
/** A folder without that socket is one that is being made, unless it is older. */
const MADE_MS = 60_000

/**
 * Opens a folder that only the user of playbooks can enter, and removes those of runners that were killed: nobody else
 * ever would.
 */
export async function openSockets(runAs: Stage['runAs']): Promise<Sockets> {
  await removeDead()
  const folder = await mkdtemp(join(tmpdir(), PREFIX))
  await chmod(folder, 0o700)
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(join(folder, ALIVE), resolve)
  })
  server.unref()
  if (runAs) await chown(folder, runAs.uid, runAs.gid)
  return {
    folder,
    close: async () => {
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function removeDead(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX))
  for (const folder of names.map((name) => join(tmpdir(), name))) {
    // One that is another user's stays: it is for that user's runner to remove.
    if (await isDead(folder)) await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

async function isDead(folder: string): Promise<boolean> {
  const answer = await knock(join(folder, ALIVE))
  if (answer === 'ECONNREFUSED') return true
  if (answer !== 'ENOENT') return false
  const made = await stat(folder).catch(() => undefined)
  return made !== undefined && Date.now() - made.mtimeMs > MADE_MS
}

/** The code of the error that a connection ends with, or nothing when somebody takes it. */
function knock(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
  })
}
