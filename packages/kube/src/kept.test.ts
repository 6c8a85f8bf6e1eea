import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type Authority, createAuthority, issue } from '@slipway/secrets'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKube } from './kube.ts'
import { type ClusterAddress, clientKubeconfig } from './kubeconfig.ts'

const serverName = 'api.test.slipway.internal'
let authority: Authority
let server: Server
let at: ClusterAddress
let handshakes = 0
beforeEach(async () => {
  handshakes = 0
  authority = await createAuthority('test', Date.now())
  const certificate = await issue(authority, serverName, {}, Date.now())
  server = createServer({ ...certificate, ca: authority.cert, requestCert: true }, (_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ kind: 'NodeList', apiVersion: 'v1', metadata: {}, items: [] }))
  })
  server.on('secureConnection', () => handshakes++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  at = { address: '127.0.0.1', port: (server.address() as AddressInfo).port, serverName }
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

test('who asks an API server again takes the connection of before, and another user one of its own', async () => {
  const ann = await kubeconfigOf('ann')
  await readNodes(ann)
  await readNodes(ann)
  expect(handshakes).toBe(1)
  await readNodes(await kubeconfigOf('bob'))
  expect(handshakes).toBe(2)
})

test('a connection that broke while nobody used it is replaced without a word', async () => {
  const ann = await kubeconfigOf('ann')
  await readNodes(ann)
  server.closeAllConnections()
  await readNodes(ann)
  expect(handshakes).toBe(2)
})

async function readNodes(kubeconfig: string): Promise<void> {
  const kube = await openKube({ kubeconfig, at, now: () => new Date() })
  expect(await kube.nodes()).toEqual([])
  await kube.close()
}

async function kubeconfigOf(user: string): Promise<string> {
  const { cert: certificate, key } = await issue(authority, user, {}, Date.now())
  const access = { authority: authority.cert, certificate, key }
  return clientKubeconfig({ cluster: 'c1', user, at, access })
}
