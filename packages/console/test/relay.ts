import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A way to an install that can be cut and mended, as a network can. */
export type Relay = { url: string; cut: () => void; mend: () => Promise<void>; close: () => void }

/** Opens one in front of a URL. */
export async function openRelay(url: string): Promise<Relay> {
  const { port: target } = new URL(url)
  const sockets = new Set<Socket>()
  let server: Server
  const listen = async (port: number) => {
    server = createServer((outside) => {
      const inside = connect(Number(target), '127.0.0.1')
      for (const socket of [outside, inside]) {
        sockets.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => sockets.delete(socket))
      }
      outside.pipe(inside).pipe(outside)
    }).listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await listen(0)
  const cut = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `https://127.0.0.1:${port}`,
    cut,
    mend: async () => {
      await listen(port)
    },
    close: cut,
  }
}
