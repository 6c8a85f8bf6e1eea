import { type Fault, labFault, labFaults, labHeal, labList, labUp, readLabConfig } from '@slipway/lab'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Answer, newMember, type Person, personAt, projectWithHosts } from './person.ts'

const world = inject('world')
const lab = { ...readLabConfig(), dir: world.lab.dir }
const administrator = personAt(world.to)
let project: string
let operator: Person
let hosts: Record<string, string>

/** What is wrong with each host, in the order in which it is made; several at once where they don't hide each other. */
const faults: Record<string, Fault[]> = {
  'b-1': [
    { kind: 'disk-full' },
    { kind: 'port-taken' },
    { kind: 'swap' },
    { kind: 'leftovers' },
    { kind: 'package-lock' },
    { kind: 'port-blocked', other: 'b-2' },
    { kind: 'dns' },
    { kind: 'clock', seconds: 600 },
  ],
  'b-2': [
    { kind: 'other-containerd' },
    { kind: 'no-inodes' },
    { kind: 'mtu' },
    { kind: 'repo-proxy' },
    { kind: 'machine-id', like: 'b-1' },
    { kind: 'hostname', like: 'b-1' },
    { kind: 'etc-read-only' },
  ],
  'c-1': [{ kind: 'sudo-password' }],
  'd-1': [{ kind: 'no-python' }],
  'd-2': [{ kind: 'ssh-hangs' }],
}

/** What a check has to say of that: the kind of finding, its words and what was seen. */
const found: { fault: string; host: string; id: string; message: RegExp; evidence: RegExp }[] = [
  {
    ...{ fault: 'disk-full', host: 'b-1', id: 'too-little-disk' },
    message: /\/var\/lib\/containerd has 0\.0 GiB free .* needs 6 GiB/,
    evidence: /^0 bytes free/,
  },
  {
    ...{ fault: 'port-taken', host: 'b-1', id: 'port-taken' },
    message: /python3 \(process \d+\) listens on TCP port 6443/,
    evidence: /tcp\/6443 python3/,
  },
  { fault: 'swap', host: 'b-1', id: 'swap-on', message: /\/swapfile/, evidence: /\/swapfile\s+file/ },
  {
    ...{ fault: 'leftovers', host: 'b-1', id: 'leftovers' },
    message: /remains of another cluster/,
    evidence: /\/etc\/kubernetes\/kubelet\.conf.*\/var\/lib\/etcd/,
  },
  {
    ...{ fault: 'package-lock', host: 'b-1', id: 'package-lock-held' },
    message: /the package manager is busy/,
    evidence: /python3 \(process \d+\) holds \/var\/lib\/dpkg\/lock/,
  },
  {
    ...{ fault: 'port-blocked', host: 'b-1', id: 'port-blocked' },
    message: /b-1 can't reach tcp\/10250 of b-2/,
    evidence: /b-2 tcp\/10250: no answer within 2 s/,
  },
  {
    ...{ fault: 'port-blocked, the other way', host: 'b-2', id: 'port-blocked' },
    message: /b-2 can't reach tcp\/10250 of b-1/,
    evidence: /b-1 tcp\/10250: no answer/,
  },
  {
    ...{ fault: 'clock', host: 'b-1', id: 'clock-wrong' },
    message: /b-1 is (599|600|601)\S* s ahead of Slipway's/,
    evidence: /^(599|600|601)\S* s off/,
  },
  {
    ...{ fault: 'other-containerd', host: 'b-2', id: 'other-containerd' },
    message: /a containerd of its own/,
    evidence: /\/usr\/bin\/containerd .* 1\.6\./,
  },
  {
    ...{ fault: 'no-inodes', host: 'b-2', id: 'too-few-inodes' },
    message: /\/var\/lib\/containerd has 0 inodes left/,
    evidence: /^0 inodes free/,
  },
  {
    ...{ fault: 'etc-read-only', host: 'b-2', id: 'read-only' },
    message: /\/etc can't be written/,
    evidence: /Read-only file system/,
  },
  { fault: 'mtu', host: 'b-2', id: 'mtu-too-small', message: /MTU of 1200/, evidence: /mtu 1200/ },
  {
    ...{ fault: 'mtu, beside the others', host: 'b-2', id: 'mtu-differs' },
    message: /host0 of b-2 has an MTU of 1200, that of b-1 has 1500/,
    evidence: /host0 mtu 1200/,
  },
  {
    ...{ fault: 'machine-id', host: 'b-2', id: 'machine-id-taken' },
    message: /b-2 has the machine id of b-1/,
    evidence: /^[0-9a-f]{32}$/,
  },
  {
    ...{ fault: 'hostname', host: 'b-2', id: 'host-name-taken' },
    message: /b-2 and b-1 both call themselves b-1/,
    evidence: /^b-1$/,
  },
  {
    ...{ fault: 'repo-proxy', host: 'b-2', id: 'repository-unreachable' },
    message: /the repository .* can't be reached/,
    evidence: new RegExp(`${world.lab.gateway}: timed out`),
  },
  {
    ...{ fault: 'sudo-password', host: 'c-1', id: 'no-sudo' },
    message: /can't become root/,
    evidence: /sudo|password/i,
  },
  { fault: 'no-python', host: 'd-1', id: 'no-python', message: /has no Python/, evidence: /python/i },
  {
    ...{ fault: 'ssh-hangs', host: 'd-2', id: 'login-hangs' },
    message: /its SSH or its sudo does not answer/,
    evidence: /Timeout/,
  },
]

beforeAll(async () => {
  const more = ['d-1', 'd-2'].map((name) => ({ name, user: 'ops' }))
  const name = (await labList(lab))?.name ?? ''
  const { hosts: all } = await labUp({ ...lab, name, hosts: more })
  const added = all.filter((host) => more.some((one) => one.name === host.name))
  const names = Object.keys(faults)
  const wider = { ...world, hosts: [...world.hosts, ...added] }
  ;({ project, hosts } = await projectWithHosts(administrator, wider, names))
  operator = await newMember(administrator, project, 'operator')
}, 120_000)

afterAll(async () => {
  await healAll()
  for (const id of Object.values(hosts ?? {}))
    await administrator.call('Host.DeleteHost', { project, id }).catch(() => {})
})

describe('a check of hosts before a cluster is made of them', () => {
  let sound: Answer
  let report: Answer
  let healed: Answer

  beforeAll(async () => {
    sound = await check()
    await eachHost(async (host) => {
      for (const fault of faults[host] ?? []) await labFault({ ...lab, host }, fault)
    })
    report = await check()
    await healAll()
    healed = await check()
  }, 240_000)

  test('has nothing against hosts that are sound', () => {
    expect(errorsOf(sound)).toEqual([])
    expect(sound.hosts.map(({ name }: Answer) => name)).toEqual(Object.keys(faults))
  })

  test.each(found)('finds $fault on $host as $id', ({ host, id, message, evidence }) => {
    const finding = report.findings.find((one: Answer) => one.host === host && one.id === id)
    expect(finding).toMatchObject({
      severity: 'error',
      message: expect.stringMatching(message),
      evidence: expect.stringMatching(evidence),
      hint: expect.stringMatching(/\w+ .*\w+/),
    })
  })

  test('finds a name server that is silent, which is no error', () => {
    const finding = report.findings.find(({ id }: Answer) => id === 'dns-silent')
    expect(finding).toMatchObject({
      ...{ host: 'b-1', severity: 'warning', evidence: world.lab.gateway },
      message: expect.stringContaining(`no answer came from ${world.lab.gateway}`),
    })
  })

  test('blames nothing else, and counts what it found', () => {
    const wanted = found.map(({ host, id }) => `${host} ${id}`)
    expect(errorsOf(report)).toEqual(wanted.sort())
    expect(report.errors).toBe(found.length)
    expect(report.hosts.map(({ name, verdict }: Answer) => `${name} ${verdict}`)).toEqual(
      Object.keys(faults).map((name) => `${name} ${name === 'd-2' ? 'silent' : 'errors'}`),
    )
  })

  test('has nothing against them once they are healed', () => {
    expect(errorsOf(healed)).toEqual([])
  })
})

/** The first is to be the control plane, the others workers. */
function check(): Promise<Answer> {
  const nodes = Object.values(hosts).map((host, at) => ({
    host,
    role: at === 0 ? 'control-plane' : 'worker',
  }))
  return operator.call('Host.CheckHosts', { project, spec: { kubernetesVersion: world.version, nodes } })
}

function errorsOf(report: Answer): string[] {
  const errors = report.findings.filter(({ severity }: Answer) => severity === 'error')
  return errors.map(({ host, id }: Answer) => `${host} ${id}`).sort()
}

/** What was made last goes first: a package can't be removed while /etc is read-only. */
async function healAll(): Promise<void> {
  const { broken } = await labFaults(lab)
  await eachHost(async (host) => {
    const kinds = broken.filter((one) => one.host === host).map(({ fault }) => fault.kind)
    const order = (faults[host] ?? []).map(({ kind }) => kind).reverse()
    for (const kind of order.filter((one) => kinds.includes(one))) await labHeal({ ...lab, host }, kind)
  })
}

async function eachHost(work: (host: string) => Promise<void>): Promise<void> {
  await Promise.all(Object.keys(faults).map(work))
}
