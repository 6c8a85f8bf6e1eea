import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { labFault, labHeal, labList, labUp, readLabConfig } from '@slipway/lab'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { asRoot, changeHostKeys } from './on-host.ts'
import {
  type Answer,
  followOperation,
  newMember,
  type Person,
  personAt,
  projectWithHosts,
  until,
} from './person.ts'

// Elsewhere: expiry of tokens and codes in services/api-gateway/test/identity.test.ts, a full disk and a wrong digest in
// services/repo-proxy/test, a cut watch in creates-a-cluster.test.ts.

const world = inject('world')
const administrator = personAt(world.to)
const { cacheDir } = readLabConfig()
const target = (host: string) => ({ dir: world.lab.dir, host, cacheDir })
let project: string
let one: string
let two: string
let operator: Person

type Problem = { field: string; message: string; hint: string }
type Refusal = { code: string; message: string; problems: Problem[] }

beforeAll(async () => {
  const made = await projectWithHosts(administrator, world, ['b-1', 'b-2'])
  project = made.project
  one = made.hosts['b-1'] ?? ''
  two = made.hosts['b-2'] ?? ''
  operator = await newMember(administrator, project, 'operator')
})

// A host has one project: the next story wants these.
afterAll(async () => {
  const { hosts } = await administrator.call('Host.ListHosts', { project })
  for (const { id } of hosts) await administrator.call('Host.DeleteHost', { project, id })
})

describe('a spec that can not work is refused with its field and the way out', () => {
  test.each([
    [
      'ranges that overlap',
      { network: { podCidr: '10.96.0.0/12' } },
      'spec.network.serviceCidr',
      /overlaps the pod range/,
    ],
    [
      'too few service addresses',
      { network: { serviceCidr: '10.97.0.0/29' } },
      'spec.network.serviceCidr',
      /too small/,
    ],
    [
      'a range that is none',
      { network: { podCidr: '10.244.0.300/16' } },
      'spec.network.podCidr',
      /no IPv4 range/,
    ],
    ['an unknown version', { kubernetesVersion: '1.99.9' }, 'spec.kubernetesVersion', /not in the catalogue/],
    [
      'a version that was not fetched',
      { kubernetesVersion: '1.35.5' },
      'spec.kubernetesVersion',
      /every artifact/,
    ],
    [
      'more memory reserved than there is',
      { kubelet: { systemReserved: { memoryMib: 1_000_000 } } },
      'spec.nodes[0].host',
      /MiB of memory, 1000000 of it reserved/,
    ],
    ['a port that the nodes use', { apiServer: { port: 10250 } }, 'spec.apiServer.port', /used by the nodes/],
  ])('%s', async (_, change, field, message) => {
    const { problems } = await refused({ spec: spec(change) })
    expect(at(problems, field)).toMatch(message)
  })

  test('the range that a host is in', async () => {
    const network = world.lab.gateway.replace(/\.\d+$/, '.0/24')
    const { problems } = await refused({ spec: spec({ network: { podCidr: network } }) })
    expect(at(problems, 'spec.network.podCidr')).toMatch(/holds the address .* of host b-1/)
  })

  test('a range that a host routes elsewhere', async () => {
    await asRoot(world, 'b-1', `ip route add 10.201.0.0/16 via ${world.lab.gateway}`)
    await refreshed(one)
    const { problems } = await refused({ spec: spec({ network: { serviceCidr: '10.201.0.0/16' } }) })
    expect(at(problems, 'spec.network.serviceCidr')).toMatch(
      /overlaps the route to 10\.201\.0\.0\/16 on host b-1/,
    )
    await asRoot(world, 'b-1', 'ip route del 10.201.0.0/16')
    await refreshed(one)
  })

  test('a version that was switched off', async () => {
    await administrator.call('Version.UpdateVersion', { name: world.version, enabled: false })
    try {
      const { problems } = await refused({ spec: spec() })
      expect(at(problems, 'spec.kubernetesVersion')).toMatch(/switched off/)
    } finally {
      await administrator.call('Version.UpdateVersion', { name: world.version, enabled: true })
    }
  })

  test('five mistakes in five fields, answered by five problems at once', async () => {
    const { problems } = await refused({
      spec: spec({
        kubernetesVersion: '1.99.9',
        network: { podCidr: '10.244.0.1/16', serviceCidr: '10.97.0.0/30', nodePortRange: '40000-30000' },
        etcd: { dataDir: '/etc' },
      }),
    })
    expect(problems.map(({ field }) => field).sort()).toEqual([
      'spec.etcd.dataDir',
      'spec.kubernetesVersion',
      'spec.network.nodePortRange',
      'spec.network.podCidr',
      'spec.network.serviceCidr',
    ])
  })

  test("another project's host, which is not there for this one", async () => {
    const other = await administrator.call('Project.CreateProject', {
      name: `other-${randomUUID().slice(0, 8)}`,
    })
    const stranger = await newMember(administrator, other.id, 'operator')
    const { code, problems } = await refusal(
      stranger.call('Cluster.CreateCluster', { project: other.id, name: 'stolen', spec: spec() }),
    )
    expect(code).toBe('NotFound')
    expect(at(problems, 'spec.nodes[0].host')).toMatch(/this project has no host/)
    await expect(stranger.call('Host.GetHost', { project: other.id, id: one })).rejects.toMatchObject({
      code: 'NotFound',
    })
    await expect(stranger.call('Host.GetHost', { project, id: one })).rejects.toMatchObject({
      code: expect.stringMatching(/NotFound|Denied/),
    })
    await administrator.call('Project.DeleteProject', { project: other.id })
  })

  test('a plan that is stale', async () => {
    const { plan } = await operator.call('Cluster.CreateCluster', { ...wish(), dryRun: 'plan' })
    const { problems } = await refused({ spec: spec({ kubelet: { maxPods: 60 } }), planDigest: plan.digest })
    expect(at(problems, 'planDigest')).toMatch(/earlier plan/)
  })
})

describe('a request that can not be read is refused with its field and the way out', () => {
  test('malformed JSON, by its place', async () => {
    const { status, problems } = await post('{"name": "x",, }')
    expect(status).toBe(400)
    expect(at(problems, 'body')).toMatch(/malformed JSON at line 1, column 14/)
  })

  test('a body of 10 MB', async () => {
    const { status, problems } = await post(JSON.stringify({ name: 'x'.repeat(10_000_000) }))
    expect(status).toBe(413)
    expect(at(problems, 'body')).toMatch(/larger than/)
  })

  test('an unknown field, a name of 300 characters and one with control characters, all together', async () => {
    const body = {
      name: 'n'.repeat(300),
      spec: spec({ surprise: 1, network: { dnsDomain: 'cluster\u0000local' } }),
    }
    const { status, problems } = await post(JSON.stringify(body))
    expect(status).toBe(400)
    expect(at(problems, 'name')).not.toBe('')
    expect(at(problems, 'spec.surprise')).not.toBe('')
    expect(at(problems, 'spec.network.dnsDomain')).not.toBe('')
  })

  test('a token that was revoked, and one whose person was disabled', async () => {
    const { token, secret } = await operator.call('Identity.CreateToken', { name: 'gone', expiresInHours: 1 })
    const guest = personAt({ ...world.to, token: secret })
    await guest.call('Host.ListHosts', { project })
    await operator.call('Identity.RevokeToken', { id: token.id })
    expect((await refusal(guest.call('Host.ListHosts', { project }))).code).toBe('Unauthenticated')

    const leaver = await newMember(administrator, project, 'operator')
    const { user } = await leaver.call('Identity.WhoAmI')
    await administrator.call('Identity.UpdateUser', { id: user.id, enabled: false })
    expect((await refusal(leaver.call('Host.ListHosts', { project }))).code).toBe('Unauthenticated')
  })
})

describe('a host that can not become a node is refused with the reason', () => {
  test('nobody answers at its address', async () => {
    const { credential } = await operator.call('Host.GetHost', { project, id: one })
    const address = world.lab.gateway.replace(/\.\d+$/, '.250')
    await withHost({ name: 'nobody', address, credential, profile: 'lab' }, 'unreachable', async (id) => {
      const { problems } = await refused({ spec: spec({}, [one, id]) })
      expect(at(problems, 'spec.nodes[1].host')).toMatch(
        /nobody is unreachable, not ready: .*(No route|timed out)/i,
      )
    })
  })

  test('it does not take the key; then its user may not become root', async () => {
    const host = world.hosts.find(({ name }) => name === 'c-1')
    if (!host) throw new TypeError('the world has no c-1')
    const privateKey = await readFile(host.sshKeyFile, 'utf8')
    const login = { project, kind: 'private-key', privateKey }
    const stranger = await operator.call('Credential.CreateCredential', {
      ...login,
      name: 'stranger',
      user: 'nobody',
    })
    const noSudo = await operator.call('Credential.CreateCredential', {
      ...login,
      name: 'no-sudo',
      user: host.user,
    })
    const { address } = host
    await withHost(
      { name: 'c-1', address, credential: stranger.id, profile: 'lab' },
      'unreachable',
      async (id) => {
        const wrongKey = await refused({ spec: spec({}, [one, id]) })
        expect(at(wrongKey.problems, 'spec.nodes[1].host')).toMatch(
          /c-1 is unreachable, not ready: .*Permission denied/,
        )
        await operator.call('Host.UpdateHost', { project, id, credential: noSudo.id })
        await refreshed(id)
        const rootless = await refused({ spec: spec({}, [one, id]) })
        expect(at(rootless.problems, 'spec.nodes[1].host')).toMatch(/the user of c-1 can't become root: /)
      },
    )
  })

  test('its key changed, until a person accepts the one it shows', async () => {
    await changeHostKeys(world, 'b-2', 'new')
    const changed = await refreshed(two, 'host-key-changed')
    expect(changed.presentedHostKey).not.toBe(changed.hostKey)
    const { problems } = await refused({ spec: spec() })
    expect(at(problems, 'spec.nodes[1].host')).toMatch(/b-2 is host-key-changed/)
    const guess = await refusal(
      operator.call('Host.AcceptHostKey', { project, id: two, fingerprint: changed.hostKey }),
    )
    expect(at(guess.problems, 'fingerprint')).toMatch(/not the key that was accepted/)
    await accept(changed.presentedHostKey)

    await changeHostKeys(world, 'b-2', 'own')
    await accept((await refreshed(two, 'host-key-changed')).presentedHostKey)
  })

  test('its disk is too small', async () => {
    await asRoot(
      world,
      'b-1',
      'mkdir -p /var/lib/containerd; mount -t tmpfs -o size=64m none /var/lib/containerd',
    )
    await refreshed(one)
    const { problems } = await refused({ spec: spec() })
    expect(at(problems, 'spec.nodes[0].host')).toMatch(/b-1 has 64 MiB free on \/var\/lib\/containerd/)
    await asRoot(world, 'b-1', 'umount /var/lib/containerd; rmdir /var/lib/containerd')
    await refreshed(one)
  })

  test('its clock is ten minutes ahead', async () => {
    await labFault(target('b-2'), { kind: 'clock', seconds: 600 })
    await refreshed(two)
    const { problems } = await refused({ spec: spec() })
    expect(at(problems, 'spec.nodes[1].host')).toMatch(
      /the clock of b-2 is (600|599|601).* s ahead of Slipway's/,
    )
    await labHeal(target('b-2'), 'clock')
    await refreshed(two)
  })

  test('it has the machine id and the name of another one, both said at once', async () => {
    await labFault(target('b-2'), { kind: 'machine-id', like: 'b-1' })
    await labFault(target('b-2'), { kind: 'hostname', like: 'b-1' })
    await refreshed(two)
    const { problems } = await refused({ spec: spec() })
    expect(problems.map(({ message }) => message)).toEqual([
      'b-2 has the machine id of b-1',
      'b-2 and b-1 both call themselves b-1',
    ])
    await labHeal(target('b-2'), 'machine-id')
    await labHeal(target('b-2'), 'hostname')
    await refreshed(two)
  })

  test('the release has nothing for its operating system', async () => {
    const lab = await labList({ dir: world.lab.dir })
    const hosts = [{ name: 'd-1', user: 'ops', os: 'debian-13' as const }]
    const state = await labUp({ ...readLabConfig(), name: lab?.name ?? '', dir: world.lab.dir, hosts })
    const { credential } = await operator.call('Host.GetHost', { project, id: one })
    const address = state.hosts.find(({ name }) => name === 'd-1')?.address
    await withHost({ name: 'd-1', address, credential, profile: 'lab' }, 'ready', async (id) => {
      const { problems } = await refused({ spec: spec({}, [one, id]) })
      expect(problems).toEqual([
        {
          field: 'spec.nodes[1].host',
          message: `d-1 is debian-13-amd64, for which ${world.version} has no artifacts`,
          hint: expect.stringContaining(world.platform),
        },
      ])
    })
  })
})

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
      spec: spec({ runtime: { dataDir: '/srv/small/containerd' } }),
    })
    // The same create twice, at the same moment and once more: one operation.
    const answers = await Promise.all([post(sent, 'doomed-once'), post(sent, 'doomed-once')])
    answers.push(await post(sent, 'doomed-once'))
    const operations = new Set(answers.map(({ body }) => body.operation?.id))
    expect(operations.size).toBe(1)
    cluster = answers[0]?.body.cluster.id
    created = await followOperation(operator, project, answers[0]?.body.operation.id)
  })

  test('the same create sent three times began one operation', async () => {
    const { operations } = await operator.call('Operation.ListOperations', { project })
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
    const { code, problems } = await refused({ name: 'second', spec: spec() })
    expect(code).toBe('Conflict')
    expect(problems.map(({ field }) => field)).toEqual(['spec.nodes[0].host', 'spec.nodes[1].host'])
    expect(problems[0]?.message).toMatch(/b-1 is part of cluster/)
  })

  test('a second cluster of its name is refused', async () => {
    const { problems } = await refused({ name: 'doomed', spec: spec() })
    expect(at(problems, 'name')).toMatch(/has a cluster doomed already/)
  })

  afterAll(async () => {
    await asRoot(world, 'b-1', 'systemctl stop squatter; umount /srv/small; rmdir /srv/small')
    await asRoot(world, 'b-2', 'rm -r /etc/kubernetes')
    await labHeal(target('b-2'), 'swap')
    const { operation } = await operator.call('Cluster.DeleteCluster', { project, id: cluster })
    const { operation: ended } = await followOperation(operator, project, operation.id)
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

/** A spec of two nodes, with something changed. */
function spec(change: Record<string, unknown> = {}, [first, second] = [one, two]) {
  const nodes = [
    { host: first, role: 'control-plane' },
    { host: second, role: 'worker' },
  ]
  return { kubernetesVersion: world.version, nodes, ...change }
}

function wish() {
  return { project, name: 'refused', spec: spec() }
}

/** The refusal of a create, which must have changed nothing that a person sees. */
async function refused(request: Record<string, unknown>): Promise<Refusal> {
  const before = await seen()
  const answer = await refusal(operator.call('Cluster.CreateCluster', { ...wish(), ...request }))
  expect(await seen()).toEqual(before)
  return answer
}

async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    (answer) => Promise.reject(new Error(`it was taken: ${JSON.stringify(answer)}`)),
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ code: expect.any(String), problems: expect.any(Array) })
  wayOut(error.problems)
  return error
}

/** Every problem names its field and the way out. */
function wayOut(problems: Problem[]) {
  expect(problems.length).toBeGreaterThan(0)
  for (const problem of problems) {
    for (const words of [problem.field, problem.message, problem.hint])
      expect(words, JSON.stringify(problem)).not.toBe('')
  }
}

async function seen() {
  const [clusters, hosts, operations] = await Promise.all([
    operator.call('Cluster.ListClusters', { project }),
    operator.call('Host.ListHosts', { project }),
    operator.call('Operation.ListOperations', { project }),
  ])
  return { clusters, hosts, operations }
}

/** What all problems of one field say. */
function at(problems: Problem[], field: string): string {
  return problems
    .filter((problem) => problem.field === field)
    .map(({ message }) => message)
    .join('\n')
}

/** Has a host's facts read again and answers it in the state it is wanted in. */
async function refreshed(id: string, state = 'ready'): Promise<Answer> {
  const { version } = await operator.call('Host.RefreshHost', { project, id })
  return until(
    () => operator.call('Host.GetHost', { project, id }),
    (host) => host.version > version && host.state === state,
  )
}

async function accept(fingerprint: string) {
  await operator.call('Host.AcceptHostKey', { project, id: two, fingerprint })
  const host = await until(
    () => operator.call('Host.GetHost', { project, id: two }),
    ({ state }) => state === 'ready',
  )
  expect(host.hostKey).toBe(fingerprint)
}

/** Adds a host, waits until it is in a state, uses it and deletes it. */
async function withHost(host: Record<string, unknown>, state: string, use: (id: string) => Promise<void>) {
  const { id } = await operator.call('Host.CreateHost', { project, ...host })
  try {
    await until(
      () => operator.call('Host.GetHost', { project, id }),
      (found) => found.state === state,
    )
    await use(id)
  } finally {
    await operator.call('Host.DeleteHost', { project, id })
  }
}

/** Posts a body as it is to the route that creates clusters; a refusal must have changed nothing. */
async function post(body: string, key = ''): Promise<{ status: number; body: Answer; problems: Problem[] }> {
  const before = key === '' ? await seen() : undefined
  const { url, ca, token } = operator.to
  const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(key === '' ? {} : { 'idempotency-key': key }),
    }
    const sending = httpsRequest(
      `${url}/api/v1/projects/${project}/clusters`,
      { method: 'POST', ca, headers },
      async (response) => {
        const parts: Buffer[] = []
        for await (const part of response) parts.push(part)
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() })
      },
    )
    sending.on('error', reject)
    sending.end(body)
  })
  const said = JSON.parse(answer.text)
  if (before) {
    wayOut(said.problems)
    expect(await seen()).toEqual(before)
  }
  return { status: answer.status, body: said, problems: said.problems ?? [] }
}
