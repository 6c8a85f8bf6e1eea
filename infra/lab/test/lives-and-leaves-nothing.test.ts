import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@slipway/process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findGroups } from '../src/cgroup/groups.ts'
import { findRunning } from '../src/host/find.ts'
import {
  checkMachine,
  type LabHost,
  labDown,
  labEgress,
  labList,
  labReboot,
  labUp,
  readDrops,
  readLabConfig,
} from '../src/index.ts'
import { mountsBelow } from '../src/tree/remove.ts'
import { onHost, probe, tryOnHost } from './on-host.ts'

const MINUTES = 60_000
const name = `story-${randomBytes(3).toString('hex')}`
const wished = [
  { name: 'alpha' },
  { name: 'beta', os: 'debian-13', user: 'admin', sudo: 'password' },
] as const
const config = readLabConfig()
let home = ''
let dir = ''
let gateway = ''
let alpha: LabHost
let beta: LabHost

/** A base tree is built here when this machine has none yet; that is most of the allowed time. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-lab-'))
  dir = join(home, 'data')
  const lab = await labUp({ ...config, name, dir, hosts: wished })
  gateway = lab.gateway
  const [first, second] = lab.hosts
  if (!first || !second) throw new Error('two hosts were asked for')
  alpha = first
  beta = second
}, 10 * MINUTES)

afterAll(async () => {
  await labDown({ name, dir, force: true })
  await rm(home, { recursive: true, force: true })
}, MINUTES)

describe('two hosts of two releases', { timeout: MINUTES }, () => {
  test('let root in by key, and hold nothing that a cluster brings', async () => {
    expect(await onHost(alpha, 'id -un; cat /etc/debian_version')).toMatch(/^root\n12/)
    const found = await onHost(
      alpha,
      'ls /usr/sbin/nft /usr/sbin/iptables /usr/bin/curl /usr/bin/wget 2>/dev/null || true',
    )
    expect(found).toBe('')
  })

  test('let another user in by key, who needs the password for sudo and can not be root', async () => {
    expect(await onHost(beta, 'id -un; cat /etc/debian_version')).toMatch(/^admin\n13/)
    expect((await tryOnHost(beta, 'sudo -n true')).exitCode).not.toBe(0)
    const password = await readFile(beta.sudoPasswordFile ?? '', 'utf8')
    expect(await onHost(beta, "sudo -S -p '' id -un", password)).toBe('root')
    expect((await tryOnHost({ ...beta, user: 'root' }, 'true')).exitCode).toBe(255)
  })

  test('keep keys and passwords to root', async () => {
    for (const file of [alpha.sshKeyFile, beta.sudoPasswordFile ?? '']) {
      expect((await stat(file)).mode & 0o777).toBe(0o600)
    }
  })

  test('are healthy, differ in machine id, reach each other, and may not set the clock', async () => {
    const facts = 'systemctl is-system-running --wait; cat /etc/machine-id'
    const [one, other] = await Promise.all([onHost(alpha, facts), onHost(beta, facts)])
    expect([one, other].every((text) => text.startsWith('running\n'))).toBe(true)
    expect(one).not.toBe(other)
    expect(await onHost(alpha, probe(beta.address, 22))).toBe('open')
    expect((await tryOnHost(alpha, 'date --set=2001-01-01')).exitCode).not.toBe(0)
  })

  test('come back from a reboot of their own, with the same id and writable control groups', async () => {
    const facts = 'cat /etc/machine-id; cat /proc/sys/kernel/random/boot_id'
    const [id, boot] = (await onHost(alpha, facts)).split('\n')
    const { pid } = await labReboot({ dir, host: 'alpha' })
    const [idAfter, bootAfter] = (await onHost(alpha, facts)).split('\n')
    expect(idAfter).toBe(id)
    expect(bootAfter).not.toBe(boot)
    expect(pid).toBe(alpha.pid)
    const group = '$(findmnt -no TARGET -t cgroup,cgroup2 | grep -E "memory|unified|cgroup$" | head -1)/probe'
    expect(await onHost(alpha, `mkdir ${group} && rmdir ${group} && echo writable`)).toBe('writable')
  })

  test('are left as they are by a second up', async () => {
    const begun = performance.now()
    const again = await labUp({ ...config, name, dir, hosts: wished })
    expect(performance.now() - begun).toBeLessThan(5_000)
    expect(again.hosts.map(({ pid }) => pid)).toEqual([alpha.pid, beta.pid])
  })
})

describe('closed egress', { timeout: MINUTES }, () => {
  test('counts what it turns away, towards the machine and beyond, and names it', async () => {
    await labEgress({ dir, mode: 'closed', allow: [{ address: gateway, port: 4242 }] })
    expect((await readDrops({ dir })).packets).toBe(0)
    expect(await onHost(alpha, probe(gateway, 22))).toBe('silent')
    expect(await onHost(alpha, probe('203.0.113.77', 80))).toBe('silent')
    const drops = await readDrops({ dir })
    expect(drops.packets).toBeGreaterThan(1)
    expect(drops.wanted.map(({ from, to, port }) => `${from} ${to} ${port}`).sort()).toEqual(
      [`${alpha.address} ${gateway} 22`, `${alpha.address} 203.0.113.77 80`].sort(),
    )
  })

  test('lets through what is allowed, and hosts to each other, and counts neither', async () => {
    const server = createServer((socket) => socket.end())
    await new Promise<void>((resolve) => server.listen(0, gateway, resolve))
    const port = (server.address() as AddressInfo).port
    await labEgress({ dir, mode: 'closed', allow: [{ address: gateway, port }] })
    expect(await onHost(alpha, probe(gateway, port))).toBe('open')
    expect(await onHost(alpha, probe(beta.address, 22))).toBe('open')
    expect((await readDrops({ dir })).packets).toBe(0)
    await labEgress({ dir, mode: 'open' })
    await new Promise((resolve) => server.close(resolve))
  })

  test('refuses what is no address or port', async () => {
    await expect(
      labEgress({ dir, mode: 'closed', allow: [{ address: 'x', port: 70_000 }] }),
    ).rejects.toMatchObject({
      problems: [{ field: 'allow[0].address' }, { field: 'allow[0].port' }],
    })
  })
})

describe('a lab that is in the way', () => {
  test('is named before anything is changed: a range that overlaps it', async () => {
    const lab = await labList({ dir })
    const other = { name: `${name}-b`, dir: join(home, 'other'), cacheDir: config.cacheDir, hosts: wished }
    const problems = await checkMachine({ ...other, network: lab?.network })
    expect(problems.map(({ field }) => field)).toEqual(['network'])
    expect(existsSync(other.dir)).toBe(false)
  })

  test('is named: the same name from another folder', async () => {
    await expect(labDown({ name, dir: join(home, 'other') })).rejects.toMatchObject({ code: 'Conflict' })
  })
})

test('down leaves nothing, though one host was killed and another lost its keeper', {
  timeout: MINUTES,
}, async () => {
  const crashed = await findOurs()
  process.kill(crashed.find(({ machine }) => machine.endsWith('alpha'))?.nspawn ?? 0, 'SIGKILL')
  process.kill(crashed.find(({ machine }) => machine.endsWith('beta'))?.keeper ?? 0, 'SIGKILL')
  await labDown({ name, dir })
  expect(await findOurs()).toEqual([])
  expect(await findGroups((group) => group.includes(name))).toEqual([])
  expect(await mountsBelow(dir)).toEqual([])
  expect((await run(['ip', 'link'])).stdout).not.toContain(name)
  expect((await run(['nft', 'list', 'tables'])).stdout).not.toContain(name.replaceAll('-', '_'))
  expect((await run(['ps', '-eo', 'args'])).stdout).not.toContain(dir)
  expect(existsSync(dir)).toBe(false)
  expect(await labDown({ name, dir })).toEqual([])
})

async function findOurs() {
  return (await findRunning()).filter(({ machine }) => machine.startsWith(`${name}--`))
}
