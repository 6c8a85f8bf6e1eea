import { labFault, labHeal, readLabConfig } from '@slipway/lab'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { asRoot } from './on-host.ts'
import { type Answer, followOperation } from './person.ts'
import { at, type Desk, openDesk } from './refusal.ts'

const world = inject('world')
const { cacheDir } = readLabConfig()
const target = (host: string) => ({ dir: world.lab.dir, host, cacheDir })
let desk: Desk

beforeAll(async () => {
  desk = await openDesk(world, ['b-1', 'b-2'])
})

afterAll(() => desk.close())

describe('what only a look at the hosts shows fails the create before anything is changed', () => {
  let before: string[]
  let created: Answer
  let cluster: string

  beforeAll(async () => {
    await asRoot(
      world,
      'b-1',
      'systemd-run --quiet --unit=squatter python3 -m http.server 6443; mkdir -p /srv/small; mount -t tmpfs -o size=64m none /srv/small',
    )
    await asRoot(world, 'b-2', 'mkdir -p /etc/kubernetes/pki; touch /etc/kubernetes/kubelet.conf')
    await labFault(target('b-2'), { kind: 'swap' })
    before = await files()
    const sent = JSON.stringify({
      name: 'doomed',
      spec: desk.spec({ runtime: { dataDir: '/srv/small/containerd' } }),
    })
    // The same create twice, at the same moment and once more: one operation.
    const answers = await Promise.all([desk.post(sent, 'doomed-once'), desk.post(sent, 'doomed-once')])
    answers.push(await desk.post(sent, 'doomed-once'))
    const operations = new Set(answers.map(({ body }) => body.operation?.id))
    expect(operations.size).toBe(1)
    cluster = answers[0]?.body.cluster.id
    created = await followOperation(desk.operator, desk.project, answers[0]?.body.operation.id)
  })

  test('the same create sent three times began one operation', async () => {
    const { operations } = await desk.operator.call('Operation.ListOperations', { project: desk.project })
    expect(operations).toHaveLength(1)
  })

  test('all findings of all hosts stand in one failure, which was not tried again', () => {
    const { state, steps, failure } = created.operation
    expect(state).toBe('failed')
    expect(steps.map((step: Answer) => step.state).slice(0, 2)).toEqual(['failed', 'pending'])
    expect(failure.code).toBe('Precondition')
    expect(failure.hint).not.toBe('')
    for (const finding of [
      /b-1: .*TCP port 6443/,
      /b-1: .*\/srv\/small has 0\.1 GiB free/,
      /b-2: .*swap is on/,
      /b-2: .*remains of another cluster: \/etc\/kubernetes\/kubelet\.conf/,
    ]) {
      expect(failure.message).toMatch(finding)
    }
  })

  test('nothing on the hosts changed', async () => {
    expect(await files()).toEqual(before)
  })

  test('its hosts are in a cluster now and can not be taken by another', async () => {
    const { code, problems } = await desk.refused({ name: 'second', spec: desk.spec() })
    expect(code).toBe('Conflict')
    expect(problems.map(({ field }) => field)).toEqual(['spec.nodes[0].host', 'spec.nodes[1].host'])
    expect(problems[0]?.message).toMatch(/b-1 is part of cluster/)
  })

  test('a second cluster of its name is refused', async () => {
    const { problems } = await desk.refused({ name: 'doomed', spec: desk.spec() })
    expect(at(problems, 'name')).toMatch(/has a cluster doomed already/)
  })

  afterAll(async () => {
    await asRoot(world, 'b-1', 'systemctl stop squatter; umount /srv/small; rmdir /srv/small')
    await asRoot(world, 'b-2', 'rm -r /etc/kubernetes')
    await labHeal(target('b-2'), 'swap')
    const { operation } = await desk.operator.call('Cluster.DeleteCluster', {
      project: desk.project,
      id: cluster,
    })
    const { operation: ended } = await followOperation(desk.operator, desk.project, operation.id)
    expect(ended.failure, 'the delete failed').toBeFalsy()
  })

  /** What lies in the folders that Slipway writes to. Host facts are read by a login, which leaves traces in /var/log and /run. */
  const files = () =>
    Promise.all(
      ['b-1', 'b-2'].map((name) =>
        asRoot(world, name, "find /etc /usr /opt /srv /var/lib -xdev -printf '%p %m %s %T@\\n' | sort"),
      ),
    )
})
