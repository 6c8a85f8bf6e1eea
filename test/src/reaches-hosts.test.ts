import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '@slipway/process'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { asRoot, changeHostKeys } from './on-host.ts'
import { type Answer, followOperation, newMember, type Person, personAt, until } from './person.ts'

const world = inject('world')
const administrator = personAt(world.to)
const addressOf = (name: string) => world.hosts.find((host) => host.name === name)?.address ?? ''
let project: string
let operator: Person
let password: string
let viaJump: Answer

beforeAll(async () => {
  project = (await administrator.call('Project.CreateProject', { name: `reach-${randomUUID().slice(0, 8)}` }))
    .id
  operator = await newMember(administrator, project, 'operator')
  const { sudoPasswordFile = '' } = world.hosts.find(({ name }) => name === 'c-1') ?? {}
  password = (await readFile(sudoPasswordFile, 'utf8')).trim()
  const key = await freshKey()
  // The jump host knows a user of its own, who may do nothing there; behind it passwords are taken.
  await asRoot(
    world,
    'b-1',
    `useradd --create-home jumper
     install -d -m 700 -o jumper -g jumper /home/jumper/.ssh
     printf '%s\\n' '${key.public}' > /home/jumper/.ssh/authorized_keys`,
  )
  await asRoot(
    world,
    'c-1',
    `printf 'PasswordAuthentication yes\\n' > /etc/ssh/sshd_config.d/05-password.conf
     systemctl reload ssh`,
  )
  const jump = await operator.call('Credential.CreateCredential', {
    project,
    name: 'jump',
    user: 'jumper',
    kind: 'private-key',
    privateKey: key.private,
    passphrase: key.passphrase,
  })
  viaJump = await operator.call('Credential.CreateCredential', {
    project,
    name: 'behind-the-jump',
    user: 'ops',
    kind: 'password',
    password,
    sudoPassword: password,
    jumpHost: { address: addressOf('b-1'), port: 22, credential: jump.id },
  })
})

// A host has one project: the next story wants these.
afterAll(async () => {
  const { hosts } = await administrator.call('Host.ListHosts', { project })
  for (const { id } of hosts) await administrator.call('Host.DeleteHost', { project, id })
  // Kept connections still go through its login.
  await asRoot(world, 'b-1', 'pkill -KILL --uid jumper || true; userdel --force --remove jumper 2>&1')
  await asRoot(world, 'c-1', 'rm /etc/ssh/sshd_config.d/05-password.conf; systemctl reload ssh')
})

describe('a host that lets no root in, asks sudo for a password, and stands behind a jump host', () => {
  let id: string

  beforeAll(async () => {
    const host = { project, name: 'c-1', address: addressOf('c-1'), credential: viaJump.id, profile: 'lab' }
    id = (await operator.call('Host.CreateHost', host)).id
    await until(getHost, ({ state }) => state === 'ready')
  })

  test('its facts arrive, read as root', async () => {
    const { facts, hostKey, stateReason } = await getHost()
    expect(facts).toMatchObject({ platform: 'debian-12', hostname: 'c-1' })
    expect(facts.sudoProblem ?? '').toBe('')
    expect(stateReason ?? '').toBe('')
    expect(hostKey).toBe(await fingerprintOf('c-1'))
  })

  test('the login was a password, came from the jump host, and root has none', async () => {
    const log = await asRoot(world, 'c-1', 'journalctl --unit ssh --output cat')
    expect(log).toContain(`Accepted password for ops from ${addressOf('b-1')}`)
    expect(await asRoot(world, 'c-1', 'sshd -T')).toContain('permitrootlogin no')
  })

  test('no secret is in what a person reads of the credential', async () => {
    const answers = [
      viaJump,
      await operator.call('Credential.GetCredential', { project, id: viaJump.id }),
      await operator.call('Credential.ListCredentials', { project }),
      await administrator.call('Audit.ListAuditEntries', { pageSize: 500 }),
    ]
    expect(JSON.stringify(answers)).not.toContain(password)
    expect(viaJump).toMatchObject({ sudoWithPassword: true, jumpHost: { address: addressOf('b-1') } })
  })

  test('a jump host that shows another key than at first contact is not passed', async () => {
    await changeHostKeys(world, 'b-1', 'new')
    try {
      const { stateReason } = await refreshed('unreachable')
      expect(stateReason).toContain(`The host key of the jump host ${addressOf('b-1')} has changed`)
    } finally {
      await changeHostKeys(world, 'b-1', 'own')
    }
    await refreshed('ready')
  })

  test('a cluster of this one node is created through the jump host, and deleted again', async () => {
    const created = await operator.call('Cluster.CreateCluster', {
      project,
      name: 'behind',
      spec: { kubernetesVersion: world.version, nodes: [{ host: id, role: 'control-plane' }] },
    })
    const { operation, lines } = await followOperation(operator, project, created.operation.id)
    expect(operation.failure, 'the create failed').toBeFalsy()
    expect(JSON.stringify(lines)).not.toContain(password)
    const { nodes } = await operator.call('Cluster.ListNodes', { project, id: created.cluster.id })
    expect(nodes).toMatchObject([{ name: 'c-1', ready: true }])
    const deleting = await operator.call('Cluster.DeleteCluster', { project, id: created.cluster.id })
    const deleted = await followOperation(operator, project, deleting.operation.id)
    expect(deleted.operation.failure, 'the delete failed').toBeFalsy()
    expect((await getHost()).cluster ?? '').toBe('')
  })

  const getHost = (): Promise<Answer> => operator.call('Host.GetHost', { project, id })

  async function refreshed(state: string): Promise<Answer> {
    const { version } = await operator.call('Host.RefreshHost', { project, id })
    return until(getHost, (host) => host.version > version && host.state === state)
  }
})

describe('many hosts at once', () => {
  test('the template is the file that is taken, and each bad row is answered by its number', async () => {
    const template: string = await operator.call('Host.GetImportTemplate', { project })
    const [header = ''] = template.split('\n')
    expect(header.split(',')).toEqual(['name', 'address', 'port', 'credential', 'tags', 'profile'])
    const rows = [
      header,
      `b-2,${addressOf('b-2')},,behind-the-jump,rack-1;blue,lab`,
      'loop,127.0.0.1,,behind-the-jump,,',
      `ourselves,${world.lab.gateway},,behind-the-jump,,`,
      'Wrong Name,10.1.2.3,99999,nobody,,',
      `b-2,10.1.2.4,,behind-the-jump,,`,
    ]
    const { hosts, problems } = await operator.call('Host.ImportHosts', { project, csv: rows.join('\n') })
    expect(hosts).toMatchObject([{ name: 'b-2', tags: ['rack-1', 'blue'], profile: 'lab' }])
    const said = problems.map(({ row, field, message }: Answer) => `${row} ${field}: ${message}`)
    expect(said).toEqual([
      expect.stringMatching(/^3 address: 127\.0\.0\.1 is a loopback address/),
      expect.stringMatching(/^4 address: .* is an address of Slipway itself/),
      expect.stringMatching(/^5 name: /),
      expect.stringMatching(/^5 port: /),
      expect.stringMatching(/^5 credential: /),
      expect.stringMatching(/^6 name: there is a host b-2 already/),
    ])
    for (const { hint } of problems) expect(hint).not.toBe('')
  })

  test.each([
    ['127.0.0.1', /loopback/],
    ['127.1.2.3', /loopback/],
    ['0.0.0.0', /names no machine/],
    ['127.1', /not an IPv4 address/],
    ['2130706433', /not an IPv4 address/],
    [world.lab.gateway, /Slipway itself/],
  ])('%s is refused as a host and as a jump host', async (address, message) => {
    const host = { project, name: 'refused', address, credential: viaJump.id }
    await expect(operator.call('Host.CreateHost', host)).rejects.toMatchObject({
      code: 'Invalid',
      problems: [
        { field: 'address', message: expect.stringMatching(message), hint: expect.stringMatching(/./) },
      ],
    })
    const jumpHost = { address, port: 22, credential: viaJump.jumpHost.credential }
    const login = { project, name: 'refused', user: 'ops', kind: 'password', password, jumpHost }
    await expect(operator.call('Credential.CreateCredential', login)).rejects.toMatchObject({
      code: 'Invalid',
      problems: [{ field: 'jumpHost.address', message: expect.stringMatching(message) }],
    })
  })
})

/** The fingerprint of a host's own key, by the host itself. */
async function fingerprintOf(name: string): Promise<string> {
  const printed = await asRoot(world, name, 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
  return printed.split(' ')[1] ?? ''
}

/** A key of a person's own, with a passphrase. */
async function freshKey(): Promise<{ private: string; public: string; passphrase: string }> {
  const passphrase = 'a passphrase of the story'
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 3072,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase },
  })
  const file = join(world.dir, 'jumper.pem')
  await writeFile(file, publicKey)
  const { stdout } = await run(['ssh-keygen', '-i', '-m', 'PKCS8', '-f', file])
  return { private: privateKey, public: stdout.trim(), passphrase }
}
