import { type FaultKind, labFault, labFaults, labHeal, labPowerOn, readLabConfig } from '@slipway/lab'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { resetByHand } from './host-inventory.ts'
import { asRoot } from './on-host.ts'
import { type Answer, followOperation, personAt, projectWithHosts } from './person.ts'

const world = inject('world')
const person = personAt(world.to)
const lab = { ...readLabConfig(), dir: world.lab.dir }
const STRICT = '/proc/sys/net/ipv4/conf/host0/rp_filter'
let project: string
let hosts: Record<string, string>
let cluster = ''

beforeAll(async () => {
  ;({ project, hosts } = await projectWithHosts(person, world, ['b-1', 'b-2']))
})

afterAll(async () => {
  for (const host of ['b-1', 'b-2']) await labPowerOn({ dir: world.lab.dir, host })
  if (cluster) await resetByHand(world, ['b-1', 'b-2'], cluster).catch(() => {})
  for (const { host, fault } of (await labFaults(lab)).broken) await labHeal({ ...lab, host }, fault.kind)
  // the small disk was there before the cluster, so what containerd left on it is nobody's now
  await asRoot(world, 'b-1', 'umount --lazy /var/lib/containerd || true; rm -rf /var/lib/containerd')
  await asRoot(world, 'b-2', `echo ${strictBefore || 0} > ${STRICT}`)
  for (const id of Object.values(hosts ?? {})) await person.call('Host.DeleteHost', { project, id })
})

let strictBefore = ''

describe('a create whose hosts have to be mended, and break while it goes on', () => {
  let plain: Answer
  let plan: Answer
  let stale: Answer
  let filled: Answer
  let off: Answer
  let ended: Answer
  let mended: string[]
  let gone: Answer
  let before: string[]
  let after: string[]
  /** What of a node is found on each host after the delete. */
  const left: string[] = []

  beforeAll(async () => {
    strictBefore = (await asRoot(world, 'b-2', `cat ${STRICT}`)).trim()
    await breaks('b-1', { kind: 'swap' })
    await asRoot(world, 'b-2', `echo 1 > ${STRICT}`)
    before = await settings()
    plain = (await create({ dryRun: 'plan' })).plan
    plan = (await create({ dryRun: 'plan', fix: true })).plan
    await asRoot(world, 'b-2', `echo 0 > ${STRICT}`)
    stale = await create({ fix: true, planDigest: plan.digest }).catch((error) => error)
    await asRoot(world, 'b-2', `echo 1 > ${STRICT}`)

    await breaks('b-1', { kind: 'disk-fills' })
    await breaks('b-2', { kind: 'reboots' })
    const begun = await create({ fix: true, planDigest: plan.digest })
    cluster = begun.cluster.id
    filled = await end(begun.operation.id)
    mended = await settings()

    await labHeal({ ...lab, host: 'b-1' }, 'disk-fills')
    await breaks('b-2', { kind: 'powers-off', when: '/etc/kubernetes/kubelet.conf' })
    off = await resumed(filled.id)

    await labHeal({ ...lab, host: 'b-2' }, 'powers-off')
    ended = await resumed(filled.id)

    const { operation } = await person.call('Cluster.DeleteCluster', { project, id: cluster })
    gone = await end(operation.id)
    after = await settings()
    for (const name of ['b-1', 'b-2'])
      left.push(
        await asRoot(world, name, 'find /etc/cni /var/lib/etcd /etc/kubernetes -ls 2>/dev/null || true'),
      )
  }, 900_000)

  test('fix puts what is mended into the plan, in words and before anything else is changed', () => {
    expect(plain.steps.map(({ name }: Answer) => name)).not.toContain('fix-hosts')
    const [check, fix, prepare] = plan.steps
    expect([check.name, fix.name, prepare.name]).toEqual(['check-hosts', 'fix-hosts', 'prepare-nodes'])
    expect(fix.nodes).toEqual(['b-1', 'b-2'])
    expect(fix.changes).toEqual([
      'b-1: swap is switched off, and its lines in /etc/fstab become comments',
      'b-2: net.ipv4.conf.host0.rp_filter becomes 2 (loose), also at boot',
    ])
    expect(plan.digest).not.toBe(plain.digest)
  })

  test('a plan of fixes is refused when something else is to be mended by now', () => {
    expect(stale.code).toBe('Precondition')
    expect(stale.problems).toContainEqual({
      field: 'planDigest',
      message: expect.stringMatching(/rp-filter-strict.*/),
      hint: expect.stringContaining('plan again'),
    })
  })

  test('what was planned is mended, now and for the next boot', () => {
    const step = filled.steps.find(({ name }: Answer) => name === 'fix-hosts')
    expect(step.state).toBe('succeeded')
    expect(mended).toEqual(['', '#slipway# /swapfile none swap sw 0 0', '2'])
  })

  test('a host that reboots in the middle is waited for: the step is tried again by itself', () => {
    const step = filled.steps.find(({ name }: Answer) => name === 'prepare-nodes')
    expect(step.attempt).toBeGreaterThan(1)
  })

  test('a disk that fills in the middle ends the operation with the host and the reason', () => {
    expect(filled.state).toBe('failed')
    expect(filled.failure).toMatchObject({ host: 'b-1', message: expect.stringMatching(/no space left/i) })
    expect(filled.failure.hint).not.toBe('')
  })

  test('resumed with room again it goes on, until a host loses its power, which is named', () => {
    expect(off.steps.find(({ name }: Answer) => name === 'prepare-nodes').state).toBe('succeeded')
    expect(off.state).toBe('failed')
    expect(off.failure).toMatchObject({ host: 'b-2', code: 'Unavailable' })
    expect(off.failure.hint).not.toBe('')
  })

  test('resumed with power again it succeeds', () => {
    expect([ended.state, ended.failure]).toEqual(['succeeded', undefined])
  })

  test('deleting the cluster takes back what was mended', () => {
    expect(gone.failure).toBeFalsy()
    expect(before).toEqual(['/swapfile', '/swapfile none swap sw 0 0', '1'])
    expect(after).toEqual(before)
    expect(left).toEqual(['', ''])
  })
})

function breaks(host: string, fault: { kind: FaultKind; when?: string }): Promise<void> {
  return labFault({ ...lab, host }, fault)
}

function create(wish: Record<string, unknown>): Promise<Answer> {
  const nodes = [
    { host: hosts['b-1'], role: 'control-plane' },
    { host: hosts['b-2'], role: 'worker' },
  ]
  const spec = { kubernetesVersion: world.version, controlPlaneSchedulable: true, nodes }
  return person.call('Cluster.CreateCluster', { project, name: 'shaky', spec, ...wish })
}

async function end(id: string): Promise<Answer> {
  return (await followOperation(person, project, id)).operation
}

async function resumed(id: string): Promise<Answer> {
  await person.call('Operation.ResumeOperation', { project, id })
  return end(id)
}

/** Swap that is on, swap's line in fstab, and how strict the reverse path filter is. */
async function settings(): Promise<string[]> {
  const swap = await asRoot(world, 'b-1', "awk 'NR > 1 { print $1 }' /proc/swaps; echo; grep swap /etc/fstab")
  const [on = '', , line = ''] = swap.startsWith('\n') ? ['', '', swap.trim()] : swap.trim().split('\n')
  return [on, line, (await asRoot(world, 'b-2', `cat ${STRICT}`)).trim()]
}
