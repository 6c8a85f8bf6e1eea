import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority, issue } from '@slipway/secrets'
import { onTestFinished } from 'vitest'

/** A folder that is gone when the test is. */
export async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-release-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** An HTTPS server on loopback with a certificate of a CA of its own; `env` is what makes our code trust it. */
export async function openSite(listener: RequestListener) {
  const dir = await scratch()
  const authority = await createAuthority('test', Date.now())
  const { cert, key } = await issue(authority, 'localhost', {}, Date.now())
  const server: Server = createServer({ cert, key }, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const caFile = join(dir, 'ca.pem')
  await writeFile(caFile, authority.cert)
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(close)
  return {
    host: `localhost:${port}`,
    url: `https://localhost:${port}`,
    ca: authority.cert,
    env: { SSL_CERT_FILE: caFile },
    close,
  }
}
