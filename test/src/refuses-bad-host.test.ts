import { readFile } from 'node:fs/promises'
import { labFault, labHeal, readLabConfig } from '@slipway/lab'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { asRoot, changeHostKeys } from './on-host.ts'
import { until } from './person.ts'
import { at, type Desk, openDesk, refusal } from './refusal.ts'

const world = inject('world')
const { cacheDir } = readLabConfig()
const target = (host: string) => ({ dir: world.lab.dir, host, cacheDir })
let desk: Desk

beforeAll(async () => {
  desk = await openDesk(world, ['b-1', 'b-2'])
})

afterAll(() => desk.close())

describe('a host that can not become a node is refused with the reason', () => {
  test('nobody answers at its address', async () => {
    const { credential } = await desk.operator.call('Host.GetHost', { project: desk.project, id: desk.one })
    const address = world.lab.gateway.replace(/\.\d+$/, '.250')
    await withHost({ name: 'nobody', address, credential, profile: 'lab' }, 'unreachable', async (id) => {
      const { problems } = await desk.refused({ spec: desk.spec({}, [desk.one, id]) })
      expect(at(problems, 'spec.nodes[1].host')).toMatch(
        /nobody is unreachable, not ready: .*(No route|timed out)/i,
      )
    })
  })

  test('it does not take the key; then its user may not become root', async () => {
    const host = world.hosts.find(({ name }) => name === 'c-1')
    if (!host) throw new TypeError('the world has no c-1')
    const privateKey = await readFile(host.sshKeyFile, 'utf8')
    const login = { project: desk.project, kind: 'private-key', privateKey }
    const stranger = await desk.operator.call('Credential.CreateCredential', {
      ...login,
      name: 'stranger',
      user: 'nobody',
    })
    const noSudo = await desk.operator.call('Credential.CreateCredential', {
      ...login,
      name: 'no-sudo',
      user: host.user,
    })
    const { address } = host
    await withHost(
      { name: 'c-1', address, credential: stranger.id, profile: 'lab' },
      'unreachable',
      async (id) => {
        const wrongKey = await desk.refused({ spec: desk.spec({}, [desk.one, id]) })
        expect(at(wrongKey.problems, 'spec.nodes[1].host')).toMatch(
          /c-1 is unreachable, not ready: .*Permission denied/,
        )
        await desk.operator.call('Host.UpdateHost', { project: desk.project, id, credential: noSudo.id })
        await desk.refreshed(id)
        const rootless = await desk.refused({ spec: desk.spec({}, [desk.one, id]) })
        expect(at(rootless.problems, 'spec.nodes[1].host')).toMatch(/the user of c-1 can't become root: /)
      },
    )
  })

  test('its key changed, until a person accepts the one it shows', async () => {
    await changeHostKeys(world, 'b-2', 'new')
    const changed = await desk.refreshed(desk.two, 'host-key-changed')
    expect(changed.presentedHostKey).not.toBe(changed.hostKey)
    const { problems } = await desk.refused({ spec: desk.spec() })
    expect(at(problems, 'spec.nodes[1].host')).toMatch(/b-2 is host-key-changed/)
    const guess = await refusal(
      desk.operator.call('Host.AcceptHostKey', {
        project: desk.project,
        id: desk.two,
        fingerprint: changed.hostKey,
      }),
    )
    expect(at(guess.problems, 'fingerprint')).toMatch(/not the key that was accepted/)
    await accept(changed.presentedHostKey)

    await changeHostKeys(world, 'b-2', 'own')
    await accept((await desk.refreshed(desk.two, 'host-key-changed')).presentedHostKey)
  })

  test('its disk is too small', async () => {
    await asRoot(
      world,
      'b-1',
      'mkdir -p /var/lib/containerd; mount -t tmpfs -o size=64m none /var/lib/containerd',
    )
    await desk.refreshed(desk.one)
    const { problems } = await desk.refused({ spec: desk.spec() })
    expect(at(problems, 'spec.nodes[0].host')).toMatch(/b-1 has 64 MiB free on \/var\/lib\/containerd/)
    await asRoot(world, 'b-1', 'umount /var/lib/containerd; rmdir /var/lib/containerd')
    await desk.refreshed(desk.one)
  })

  test('its clock is ten minutes ahead', async () => {
    await labFault(target('b-2'), { kind: 'clock', seconds: 600 })
    await desk.refreshed(desk.two)
    const { problems } = await desk.refused({ spec: desk.spec() })
    expect(at(problems, 'spec.nodes[1].host')).toMatch(
      /the clock of b-2 is (600|599|601).* s ahead of Slipway's/,
    )
    await labHeal(target('b-2'), 'clock')
    await desk.refreshed(desk.two)
  })

  test('it has the machine id and the name of another one, both said at once', async () => {
    await labFault(target('b-2'), { kind: 'machine-id', like: 'b-1' })
    await labFault(target('b-2'), { kind: 'hostname', like: 'b-1' })
    await desk.refreshed(desk.two)
    const { problems } = await desk.refused({ spec: desk.spec() })
    expect(problems.map(({ message }) => message)).toEqual([
      'b-2 has the machine id of b-1',
      'b-2 and b-1 both call themselves b-1',
    ])
    await labHeal(target('b-2'), 'machine-id')
    await labHeal(target('b-2'), 'hostname')
    await desk.refreshed(desk.two)
  })

  test('its operating system is none that the release has artifacts for', async () => {
    const other = 'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04 LTS"\n'
    await asRoot(world, 'b-2', `mv /etc/os-release /root; printf '${other}' > /etc/os-release`)
    await desk.refreshed(desk.two)
    const { problems } = await desk.refused({ spec: desk.spec() })
    expect(problems).toEqual([
      {
        field: 'spec.nodes[1].host',
        message: `b-2 is ubuntu-24.04-amd64, for which ${world.version} has no artifacts`,
        hint: expect.stringContaining(world.platform),
      },
    ])
    await asRoot(world, 'b-2', 'mv /root/os-release /etc/os-release')
    await desk.refreshed(desk.two)
  })
})

async function accept(fingerprint: string) {
  await desk.operator.call('Host.AcceptHostKey', { project: desk.project, id: desk.two, fingerprint })
  const host = await until(
    () => desk.operator.call('Host.GetHost', { project: desk.project, id: desk.two }),
    ({ state }) => state === 'ready',
  )
  expect(host.hostKey).toBe(fingerprint)
}

/** Adds a host, waits until it is in a state, uses it and deletes it. */
async function withHost(host: Record<string, unknown>, state: string, use: (id: string) => Promise<void>) {
  const { operator, project } = desk
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
