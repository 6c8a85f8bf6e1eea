import { connect, createServer, type Server } from 'node:net'

/** Passes connections to a host's API server on to where it really listens; TLS is between the two ends. */
export type Doors = {
  open: (at: { address: string; port: number }, to: number) => Promise<void>
  shut: (address: string) => void
  close: () => void
}

/** No door is open yet. */
export function createDoors(): Doors {
  const doors = new Map<string, Server>()
  const shut = (address: string) => {
    doors.get(address)?.close()
    doors.delete(address)
  }
  return {
    open: ({ address, port }, to) =>
      new Promise((resolve, reject) => {
        shut(address)
        const server = createServer((outside) => {
          const inside = connect(to, '127.0.0.1')
          outside.pipe(inside).pipe(outside)
          outside.once('error', () => inside.destroy())
          inside.once('error', () => outside.destroy())
        })
        server.once('error', reject)
        server.listen(port, address, resolve)
        doors.set(address, server)
      }),
    shut,
    close: () => {
      for (const address of [...doors.keys()]) shut(address)
    },
  }
}
