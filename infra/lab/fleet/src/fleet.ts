import { once } from 'node:events'
import { appendFile, chmod, copyFile, mkdir, rm, symlink } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FleetConfig } from './config.ts'
import { readOrder } from './order.ts'
import { playOrder, type Said } from './play.ts'
import { openWorld, type World } from './world.ts'

/** A simulated fleet: hosts that exist only in what is told of them, and clusters with a real API server. */
export type Fleet = {
  /** The "virtual environment" that ansible-runner is given: its ansible-playbook hands everything to this fleet. */
  venv: string
  close: () => Promise<void>
}

const DOUBLE = join(import.meta.dirname, '../double/ansible-playbook')

/** Opens one in a folder. */
export async function openFleet({ dir, pace, servers }: FleetConfig): Promise<Fleet> {
  const venv = await makeVenv(dir)
  const world = openWorld({ dir, pace, servers })
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket)).on('error', () => {})
    void answer(world, socket, join(dir, 'plays.jsonl')).finally(() => socket.end())
  })
  server.listen(join(venv, 'fleet.sock'))
  await once(server, 'listening')
  // ansible-runner plays as another user than the one who may start this.
  await chmod(join(venv, 'fleet.sock'), 0o666)
  return {
    venv,
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await world.close()
    },
  }
}

async function makeVenv(dir: string): Promise<string> {
  const venv = join(dir, 'venv')
  await rm(venv, { recursive: true, force: true })
  await mkdir(join(venv, 'bin'), { recursive: true, mode: 0o755 })
  await chmod(dir, 0o755)
  await symlink('/usr/bin/python3', join(venv, 'bin/python3'))
  await copyFile(DOUBLE, join(venv, 'bin/ansible-playbook'))
  await chmod(join(venv, 'bin/ansible-playbook'), 0o755)
  return venv
}

/** One run: an order comes as a line, what happens goes back; it ends when the double does. Its times go to a log. */
async function answer(world: World, socket: Socket, log: string): Promise<void> {
  const gone = new AbortController()
  socket.once('close', () => gone.abort())
  const { signal } = gone
  const say = async (said: Said) => {
    signal.throwIfAborted()
    if (!socket.write(`${JSON.stringify(said)}\n`)) await once(socket, 'drain', { signal })
  }
  try {
    for await (const line of createInterface({ input: socket })) {
      const [order, began] = [readOrder(line), Date.now()]
      await playOrder(world, order, { signal, say })
      const { playbook } = order
      await appendFile(log, `${JSON.stringify({ playbook: basename(playbook), began, ended: Date.now() })}\n`)
      return
    }
  } catch (error) {
    if (signal.aborted) return
    await say({ event: { type: 'lines', lines: [`ERROR the fleet failed: ${error}`] } }).catch(() => {})
    await say({ exit: 2 }).catch(() => {})
  }
}
