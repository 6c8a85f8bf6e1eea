import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { startControlPlane, type TestControlPlane } from '../test/control-plane.ts'
import { type Kube, openKube } from './kube.ts'
import { authorityHash, readKubeconfig } from './kubeconfig.ts'
import { readManifests } from './manifest.ts'
import { newTokenSecret } from './token.ts'

const manifests = join(import.meta.dirname, '../../../infra/kubernetes')
const now = () => new Date()
let plane: TestControlPlane
let kube: Kube
beforeAll(async () => {
  plane = await startControlPlane()
  kube = await openKube({ kubeconfig: plane.superAdmin, at: plane.at, now })
})
afterAll(async () => {
  await kube?.close()
  await plane?.stop()
})

test.each(['flannel.yaml', 'people.yaml', 'metrics-server.yaml'])(
  '%s is taken by a real API server, a second time without a change',
  async (name) => {
    const objects = await readManifests(join(manifests, name))
    await kube.apply(objects)
    const versions = async () =>
      (await plane.kubectl('get', '-f', join(manifests, name), '-o', 'yaml')).match(/resourceVersion: .*/g)
    const before = await versions()
    await kube.apply(objects)
    expect(await versions()).toEqual(before)
    expect(before?.length).toBeGreaterThan(objects.length - 1)
  },
)

test('a person gets a certificate of the name and group given, which is let in and no administrator', async () => {
  const { kubeconfig, expiresAt } = await kube.createUserKubeconfig({
    cluster: 'c1',
    name: 'slipway:eve/O=system:masters',
    group: 'slipway:viewers',
    seconds: 600,
    signal: AbortSignal.timeout(20_000),
  })
  expect(expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 600_000)
  expect(parse(kubeconfig).clusters[0].cluster['tls-server-name']).toBe(plane.at.serverName)
  const eve = await openKube({ kubeconfig, at: plane.at, now })
  // Viewers may read nodes, and nothing secret.
  expect(await eve.nodes()).toEqual([])
  await expect(eve.deleteTokens({})).rejects.toThrow(
    'secrets is forbidden: User "slipway:eve/O=system:masters"',
  )
  await eve.close()
  expect(await plane.kubectl('get', 'csr', '-o', 'name')).toBe('')
})

test('a bootstrap token is made once for an id, and others go away', async () => {
  const expiresAt = new Date(Date.now() + 900_000)
  await kube.keepToken({ id: 'aaaaaa', secret: newTokenSecret(randomBytes) }, expiresAt)
  const secret = newTokenSecret(randomBytes)
  expect(await kube.keepToken({ id: 'bbbbbb', secret }, expiresAt)).toBe(secret)
  expect(await kube.keepToken({ id: 'bbbbbb', secret: newTokenSecret(randomBytes) }, expiresAt)).toBe(secret)
  await kube.deleteTokens({ except: 'bbbbbb' })
  const names = () => plane.kubectl('get', 'secrets', '-n', 'kube-system', '-o', 'name')
  expect((await names()).trim()).toBe('secret/bootstrap-token-bbbbbb')
  await kube.deleteTokens({})
  expect((await names()).trim()).toBe('')
})

test('a hash of the authority is what kubeadm computes', async () => {
  const { authority } = readKubeconfig(plane.superAdmin)
  expect(authorityHash(authority)).toMatch(/^sha256:[0-9a-f]{64}$/)
})

test('an API server that is not there is Unavailable, and says so', async () => {
  const at = { ...plane.at, port: 1 }
  const nobody = await openKube({ kubeconfig: plane.superAdmin, at, now })
  await expect(nobody.nodes()).rejects.toMatchObject({ code: 'Unavailable' })
  await nobody.close()
})
