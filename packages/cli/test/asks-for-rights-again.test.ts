import { startControlPlane, type TestControlPlane } from '@slipway/kube/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../../../services/api-gateway/test/gateway.ts'
import {
  type ClusterSite,
  startClusterSite,
  until,
} from '../../../services/cluster-manager/test/cluster-site.ts'
import { beginHeldCreate } from '../../../services/cluster-manager/test/held-create.ts'

// Gateway, cluster-manager, PostgreSQL, NATS and the API server are real; hosts are played.
let gateway: Gateway
let site: ClusterSite
let plane: TestControlPlane
let project: string
beforeAll(async () => {
  const starting = startControlPlane()
  gateway = await startGateway(async (usual, platform) => {
    site = await startClusterSite(platform)
    return { ...usual, upstreams: { ...usual.upstreams, clusterManager: site.address } }
  })
  plane = await starting
  project = await gateway.project('shop')
})
afterAll(async () => {
  await site?.stop()
  await gateway?.stop()
  await plane?.stop()
})

type Person = { id: string; token: string }

const change = async (verb: string, path: string, body?: object) => {
  const { status, text } = await gateway.rest(verb, path, { token: gateway.admin, body })
  expect(status, text).toBeLessThan(300)
}
const operator = (name: string) => gateway.person(name, { [project]: 'operator' })
const beMember = ({ id }: Person, role: string) =>
  change('PUT', `/projects/${project}/members/${id}`, { role })
const leave = ({ id }: Person) => change('DELETE', `/projects/${project}/members/${id}`)
const be = ({ id }: Person, of: { enabled?: boolean; administrator?: boolean }) =>
  change('PATCH', `/users/${id}`, of)

test('a queued change asks for the rights of its asker again at its turn, and runs nothing when they are gone', async () => {
  const people = {
    removed: await operator('removed'),
    demoted: await operator('demoted'),
    blocked: await operator('blocked'),
    returned: await operator('returned'),
    resigned: await gateway.person('resigned'),
    director: await gateway.person('director'),
    stays: await operator('stays'),
  }
  await be(people.resigned, { administrator: true })
  await be(people.director, { administrator: true })
  const { goOn, creating } = await beginHeldCreate({ site, plane, project })
  const queued: Record<string, string> = {}
  for (const [name, { token }] of Object.entries(people)) {
    const path = `/projects/${project}/clusters/${creating.cluster?.id}/nodes`
    const body = { names: ['w1'], setLabels: { [name]: 'was-here' }, queue: true }
    const { status, json, text } = await gateway.rest('PATCH', path, { token, body })
    expect([status, json.operation?.state], text).toEqual([202, 'queued'])
    queued[name] = json.operation.id
  }

  await leave(people.removed)
  await beMember(people.demoted, 'viewer')
  await be(people.blocked, { enabled: false })
  await leave(people.returned)
  await beMember(people.returned, 'operator')
  await be(people.resigned, { administrator: false })
  await goOn()

  const ends: Record<string, Awaited<ReturnType<typeof endOf>>> = {}
  for (const [name, id] of Object.entries(queued)) ends[name] = await endOf(id)
  const { removed, demoted, blocked, resigned, ...others } = ends
  const refused = (why: string) => ({
    ...{ state: 'failed', steps: [], queuedBehind: '', waits: '' },
    failure: {
      ...{ code: 'Denied', retryable: false, message: `${why} Nothing was changed.` },
      hint: 'Ask for the same change again as somebody who may, or give the right back first.',
    },
  })
  expect({ removed, demoted, blocked, resigned }).toMatchObject({
    removed: refused('removed is no member of this project any more.'),
    demoted: refused('demoted is viewer in this project now, and it takes the role operator.'),
    blocked: refused('blocked is disabled.'),
    resigned: refused('resigned is no administrator any more and no member of this project.'),
  })
  for (const [name, { state, failure }] of Object.entries(others)) {
    expect([name, state, failure]).toEqual([name, 'succeeded', undefined])
  }
  const labels = JSON.parse(await plane.kubectl('get', 'node', 'w1', '-o', 'jsonpath={.metadata.labels}'))
  const were = Object.keys(labels).filter((key) => labels[key] === 'was-here')
  expect(were.toSorted()).toEqual(['director', 'returned', 'stays'])
})

/** The operation as the gateway says it, once it has ended. */
async function endOf(id: string) {
  const { json } = await until(
    () => gateway.rest('GET', `/projects/${project}/operations/${id}`, { token: gateway.admin }),
    ({ json: { state } }) => !['queued', 'planned', 'running'].includes(state),
  )
  return json
}
