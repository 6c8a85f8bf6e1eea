import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startControlPlane, type TestControlPlane } from '../../test/control-plane.ts'
import { openKube } from '../kube.ts'
import { readManifests } from '../manifest.ts'
import { listKinds } from './kinds.ts'
import { readObject } from './object.ts'
import { openReader, type Reader } from './reader.ts'
import { listTable, watchTable } from './table.ts'

const manifests = join(import.meta.dirname, '../../../../infra/kubernetes')
const ends = new AbortController()
let plane: TestControlPlane
let viewer: Reader

beforeAll(async () => {
  plane = await startControlPlane({ controllers: ['clusterrole-aggregation-controller'] })
  const kube = await openKube({ kubeconfig: plane.superAdmin, at: plane.at, now: () => new Date() })
  await kube.apply(await readManifests(join(manifests, 'people.yaml')))
  await kube.close()
  viewer = await readerOf('slipway:viewers')
  await plane.apply(customKind)
  for (const name of ['one', 'two', 'three']) await plane.apply(settings(name))
  await plane.apply({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'default' } },
    stringData: { password: 'open sesame' },
  })
  await plane.kubectl('wait', '--for=condition=Established', 'crd/boats.example.org')
  const operator = await readerOf('slipway:operators')
  const isLetIn = () =>
    readObject(operator, login).then(
      () => true,
      () => false,
    )
  await vi.waitUntil(isLetIn, { timeout: 60_000, interval: 200 })
  operator.close()
})
afterAll(async () => {
  ends.abort()
  viewer?.close()
  await plane?.stop()
})

const customKind = {
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  metadata: { name: 'boats.example.org' },
  spec: {
    ...{ group: 'example.org', scope: 'Namespaced', names: { plural: 'boats', kind: 'Boat' } },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        additionalPrinterColumns: [{ name: 'Length', type: 'integer', jsonPath: '.spec.length' }],
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
}

const settings = (name: string, data = {}) => ({
  ...{
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', labels: { of: 'test' } },
  },
  data,
})

function readerOf(group: string): Promise<Reader> {
  const as = { user: 'slipway:vera', group }
  return openReader({ kubeconfig: plane.superAdmin, at: plane.at, as, signal: ends.signal })
}

const configMaps = {
  ...{ apiVersion: 'v1', resource: 'configmaps', namespace: 'default' },
  ...{ labelSelector: 'of=test', fieldSelector: '' },
}
const login = { apiVersion: 'v1', resource: 'secrets', namespace: 'default', name: 'login' }
const first = { limit: 500, after: '' }

test('every kind is known, custom ones too, each once', async () => {
  const kinds = await listKinds(viewer)
  const keys = kinds.map(({ apiVersion, resource }) => `${apiVersion} ${resource}`)
  expect(new Set(keys).size).toBe(keys.length)
  expect(kinds).toContainEqual(
    expect.objectContaining({ apiVersion: 'apps/v1', name: 'Deployment', resource: 'deployments' }),
  )
  expect(kinds).toContainEqual(
    expect.objectContaining({ apiVersion: 'example.org/v1', name: 'Boat', namespaced: true }),
  )
})

test('objects come page by page with the columns of the API server', async () => {
  const one = await listTable(viewer, configMaps, { limit: 2, after: '' })
  const two = await listTable(viewer, configMaps, { limit: 2, after: one.next })
  expect(one.columns.map(({ name }) => name)).toEqual(['Name', 'Data', 'Age'])
  expect([...one.rows, ...two.rows].map(({ name, cells }) => [name, cells[1]])).toEqual([
    ['one', '0'],
    ['three', '0'],
    ['two', '0'],
  ])
  expect(two.next).toBe('')
})

test('columns of a custom kind are its own', async () => {
  const boat = { apiVersion: 'example.org/v1', kind: 'Boat', metadata: { name: 'ark', namespace: 'default' } }
  await plane.apply({ ...boat, spec: { length: 137 } })
  const boats = { ...configMaps, apiVersion: 'example.org/v1', resource: 'boats', labelSelector: '' }
  const { columns, rows } = await listTable(await readerOf('slipway:administrators'), boats, first)
  expect(columns.map(({ name }) => name)).toEqual(['Name', 'Length'])
  expect(rows.map(({ cells }) => cells)).toEqual([['ark', '137']])
})

test('a watch tells what is added, changed and gone after the list, and no more', async () => {
  const { rows, resourceVersion } = await listTable(viewer, configMaps, first)
  const changes = watchTable(viewer, configMaps, resourceVersion)
  const next = async () => {
    for (;;) {
      const { value } = await changes.next()
      if (value?.row || value?.gone) return value
    }
  }
  await plane.apply(settings('four'))
  const added = await next()
  expect(added?.row?.name).toBe('four')
  await plane.apply(settings('four', { a: 'b' }))
  expect((await next())?.row?.cells[1]).toBe('1')
  await plane.kubectl('delete', 'configmap', 'four', '-n', 'default')
  expect((await next())?.gone).toBe(added?.row?.uid)
  await changes.return(undefined)
  expect(rows.map(({ name }) => name)).not.toContain('four')
})

test('a watch from what the API server has forgotten says so', async () => {
  // It forgets after five minutes; this is what it says then.
  const status = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 }
  const object = { ...status, message: 'too old resource version: 1 (4711)' }
  const forgetful: Reader = {
    ...viewer,
    lines: async function* () {
      yield JSON.stringify({ type: 'ERROR', object })
    },
  }
  const refusal = { code: 'Conflict', message: object.message }
  await expect(watchTable(forgetful, configMaps, '1').next()).rejects.toMatchObject(refusal)
})

test('a viewer sees no secret, an operator its keys and sizes, and nobody its values', async () => {
  await expect(readObject(viewer, login)).rejects.toMatchObject({ code: 'Denied' })
  const { yaml } = await readObject(await readerOf('slipway:operators'), login)
  expect(yaml).toContain('password: (11 bytes)')
  expect(yaml).not.toContain(Buffer.from('open sesame').toString('base64'))
  expect(yaml).not.toContain('open sesame')
  expect(yaml).not.toContain('managedFields')
})

test('an object that is not there is said to be so in the API server’s words', async () => {
  const none = { apiVersion: 'v1', resource: 'configmaps', namespace: 'default', name: 'none' }
  const refusal = { code: 'NotFound', message: expect.stringContaining('configmaps "none" not found') }
  await expect(readObject(viewer, none)).rejects.toMatchObject(refusal)
})
