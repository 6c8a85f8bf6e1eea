import { join } from 'node:path'
import { readSettings } from '@slipway/cli/config'
import { methods } from '@slipway/contracts'
import { ClusterSpec } from '@slipway/contracts/cluster/v1/cluster'
import { ClusterServiceService as Clusters } from '@slipway/contracts/cluster/v1/cluster_service'
import { EventServiceService as Events } from '@slipway/contracts/event/v1/event_service'
import { HostServiceService as Hosts } from '@slipway/contracts/host/v1/host_service'
import { OperationServiceService as Operations } from '@slipway/contracts/operation/v1/operation_service'
import { ProjectServiceService as Projects } from '@slipway/contracts/project/v1/project_service'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { convertAll } from './buf.ts'
import { addHost, enrol, push } from './chaos/site.ts'
import type { Door } from './grpc-door.ts'
import { type Services, startSeparateServices } from './separate-services.ts'
import { openSubscriber, type Received, type Subscriber } from './subscriber.ts'
import { readWatch, type Watched } from './watch-grpc.ts'

const world = inject('world')
const settings = readSettings()
let services: Services
let administrator: Door
let project: string
let cluster: string
let operation: string
let live: Subscriber
let watched: Watched

beforeAll(async () => {
  services = await startSeparateServices({
    address: world.lab.gateway,
    natsServer: join(settings.SLIPWAY_CACHE, 'bin/nats-server'),
    ansibleVenv: settings.SLIPWAY_ANSIBLE_VENV,
    logLevel: 'warn',
  })
  administrator = await enrol(services)
  await push(services, administrator)
  project = (await administrator.call(Projects.createProject, { name: 'apart' })).id
  live = await subscribe()
  const [first = '', second = ''] = await Promise.all(
    ['b-1', 'b-2'].map((name) => addHost({ ground: world, door: administrator, project }, name)),
  )
  const change = await administrator.call(Clusters.createCluster, {
    project,
    name: 'apart',
    spec: ClusterSpec.fromPartial({
      kubernetesVersion: world.version,
      nodes: [
        { host: first, role: 'control-plane' },
        { host: second, role: 'worker' },
      ],
    }),
  })
  cluster = change.cluster?.id ?? ''
  operation = change.operation?.id ?? ''
  // One replica is killed while the first step runs and the other one while the second does: one of them carried it out.
  const kills: (() => Promise<unknown>)[] = [
    () => services.kill('cluster-manager-1').then(() => services.start('cluster-manager-1')),
    () => services.kill('cluster-manager-2'),
  ]
  let killing: Promise<unknown> = Promise.resolve()
  watched = await readWatch(
    administrator,
    { project, id: operation },
    {
      cutEvery: 15,
      onOperation: ({ steps }) => {
        const begun = steps.filter(({ run }) => run !== '').length
        const kill = begun > 2 - kills.length ? kills.shift() : undefined
        if (kill) killing = killing.then(kill)
      },
    },
  )
  await killing
  expect(watched.last.failure, 'the create failed').toBeUndefined()
  expect(kills, 'not every replica was killed').toEqual([])
})

afterAll(async () => {
  await live?.close()
  administrator?.close()
  await services?.stop()
})

describe('every service in a process of its own, on an external PostgreSQL and NATS', () => {
  test('a cluster is created although both replicas of cluster-manager are killed in turn', () => {
    expect(watched.last.failure).toBeUndefined()
    expect(watched.last.state).toBe('succeeded')
    expect(watched.last.steps.map(({ state }) => state)).toEqual(watched.last.steps.map(() => 'succeeded'))
  })

  test('its watch, cut and resumed by cursor again and again, loses and repeats no line and no move', async () => {
    const whole = await readWatch(administrator, { project, id: operation }, {})
    expect(watched.cuts).toBeGreaterThan(2)
    expect(whole.lines.length).toBeGreaterThan(50)
    expect(watched.lines.toSorted()).toEqual(whole.lines.toSorted())
    expect(watched.versions).toEqual(whole.versions)
    const listed: string[] = []
    let pageToken = ''
    do {
      const page = await administrator.call(Operations.listOutput, { project, id: operation, pageToken })
      listed.push(...page.lines.map(({ run, sequence }) => `${run} ${sequence}`))
      pageToken = page.nextPageToken
    } while (pageToken !== '')
    expect(listed.toSorted()).toEqual(whole.lines.toSorted())
  })

  test('its nodes are Ready', async () => {
    const { nodes } = await administrator.call(Clusters.listNodes, { project, id: cluster })
    expect(nodes.map(({ name, ready }) => [name, ready])).toEqual([
      ['b-1', true],
      ['b-2', true],
    ])
  })

  test('reflection lists the public services and no other', async () => {
    const offered = Object.values(methods).flatMap(({ access, service }) => (access ? [service] : []))
    expect(new Set(await administrator.services())).toEqual(new Set(offered))
  })

  test('the hosts are free again when the cluster is deleted', async () => {
    const change = await administrator.call(Clusters.deleteCluster, { project, id: cluster })
    const id = change.operation?.id ?? ''
    const { last } = await readWatch(administrator, { project, id }, {})
    expect([last.state, last.failure]).toEqual(['succeeded', undefined])
    const { hosts } = await administrator.call(Hosts.listHosts, { project })
    expect(hosts.map(({ name, cluster: of }) => [name, of])).toEqual([
      ['b-1', ''],
      ['b-2', ''],
    ])
    await live.hears(({ event }) => event.subject === id && event.type === 'slipway.operation.succeeded')
    await live.hears(({ event }) => event.subject === cluster && event.type === 'slipway.cluster.deleted')
  })
})

describe('what an external tool heard of it', () => {
  test.each(['host', 'cluster', 'operation'])(
    'the events of each %s came in order, none twice and none missing',
    (noun) => {
      const objects = Map.groupBy(eventsOf(noun), ({ event }) => event.subject)
      expect(objects.size).toBeGreaterThan(0)
      for (const [id, events] of objects) {
        const sequences = events.map(({ event }) => Number(event.sequence))
        expect(sequences, `${noun} ${id}`).toEqual(sequences.map((_, index) => index + 1))
      }
    },
  )

  test('a replay from the beginning says the same again', async () => {
    const replay = await subscribe(new Date(0))
    const ours = live.received
    const begin = ours[0]?.event.id
    await replay.hears(({ event }) => event.id === ours.at(-1)?.event.id)
    await replay.close()
    const ids = replay.received.map(({ event }) => event.id)
    expect(ids.slice(ids.indexOf(begin ?? ''))).toEqual(ours.map(({ event }) => event.id))
    expect(replay.received[0]?.event.type).toBe('slipway.project.created')
  })

  test('every event is a CloudEvent 1.0 of this project', () => {
    for (const { subject, event } of live.received) {
      const [, noun = '', fact = ''] = event.type.split('.')
      expect(subject).toBe(`slipway.evt.${project}.${noun}.${event.subject}.${fact}`)
      expect(event).toMatchObject({
        specversion: '1.0',
        id: expect.stringMatching(/./),
        source: expect.stringMatching(/^\/slipway\/[a-z-]+$/),
        type: expect.stringMatching(/^slipway\.[a-z]+\.[a-z-]+$/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        datacontenttype: 'application/json',
        dataschema: typeOf(noun),
        project,
        data: expect.any(Object),
      })
      expect(Object.keys(event).every((name) => /^[a-z0-9]+$/.test(name))).toBe(true)
    }
  })

  test.each(['host', 'cluster', 'operation', 'node'])(
    'buf reads what each %s event carries',
    async (noun) => {
      const data = eventsOf(noun).map(({ event }) => event.data)
      expect(data.length).toBeGreaterThan(0)
      const again = await convertAll(typeOf(noun), data)
      expect(again).toHaveLength(data.length)
      expect(again.every((one) => Object.keys(one as object).includes(noun))).toBe(true)
    },
  )
})

async function subscribe(since?: Date): Promise<Subscriber> {
  const made = await administrator.call(Events.createSubscription, { project, since })
  return openSubscriber(made, services.ca)
}

function eventsOf(noun: string): Received[] {
  return live.received.filter(({ event }) => event.type.startsWith(`slipway.${noun}.`))
}

function typeOf(noun: string): string {
  return `slipway.event.v1.${noun.charAt(0).toUpperCase()}${noun.slice(1)}Event`
}
