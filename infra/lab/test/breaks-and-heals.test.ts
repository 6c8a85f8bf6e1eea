import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@slipway/process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Fault,
  type FaultKind,
  type LabHost,
  labDown,
  labFault,
  labFaults,
  labHeal,
  labList,
  labPowerOff,
  labReboot,
  labUp,
  readLabConfig,
} from '../src/index.ts'
import { until } from '../src/until.ts'
import { onHost, probe, tryOnHost } from './on-host.ts'

const MINUTES = 60_000
const name = `faults-${randomBytes(3).toString('hex')}`
const config = readLabConfig()
const wished = [
  { name: 'alpha' },
  { name: 'beta', os: 'debian-13', user: 'admin', sudo: 'password' },
] as const
let home = ''
let dir = ''
let gateway = ''
let alpha: LabHost
let beta: LabHost

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-faults-'))
  dir = join(home, 'data')
  await up()
}, 10 * MINUTES)

afterAll(async () => {
  await labDown({ name, dir, force: true })
  await rm(home, { recursive: true, force: true })
}, MINUTES)

/** What a look at alpha says while it is broken, and as it is else. */
const looks: { fault: Fault; look: string; broken: RegExp; sound: RegExp }[] = [
  {
    fault: { kind: 'disk-full' },
    look: 'echo more > /var/lib/containerd/more',
    broken: /No space left/,
    sound: /No such file/,
  },
  {
    fault: { kind: 'no-inodes' },
    look: 'df --output=avail /var/lib/containerd | tail -1; touch /var/lib/containerd/more',
    broken: /^\s*\d{7,}\n.*No space left/,
    sound: /No such file/,
  },
  {
    fault: { kind: 'etc-read-only' },
    look: 'touch /etc/probe && rm /etc/probe',
    broken: /Read-only/,
    sound: /^$/,
  },
  { fault: { kind: 'port-taken' }, look: probe('127.0.0.1', 6443), broken: /open/, sound: /closed/ },
  { fault: { kind: 'swap' }, look: 'cat /proc/swaps', broken: /\/swapfile/, sound: /^Filename[^\n]*\n?$/ },
  { fault: { kind: 'no-python' }, look: 'python3 --version', broken: /not found/, sound: /^Python 3/ },
  {
    fault: { kind: 'package-lock' },
    look: 'dpkg --configure -a && echo free',
    broken: /locked by another process/,
    sound: /free/,
  },
  { fault: { kind: 'mtu' }, look: 'cat /sys/class/net/host0/mtu', broken: /1200/, sound: /1500/ },
  {
    fault: { kind: 'leftovers' },
    look: 'ls -d /etc/kubernetes/kubelet.conf /var/lib/etcd /etc/cni 2>&1 | sort',
    broken: /^\/etc\/cni\n\/etc\/kubernetes\/kubelet.conf\n\/var\/lib\/etcd$/,
    sound: /^(ls: cannot access [^\n]*\n?){3}$/,
  },
  { fault: { kind: 'hostname', like: 'beta' }, look: 'hostname', broken: /^beta$/, sound: /^alpha$/ },
  {
    fault: { kind: 'other-containerd' },
    look: 'systemctl is-active containerd; containerd --version 2>&1; ls -d /etc/cni 2>&1',
    broken: /^active\n.* 1\.6\..*\n\/etc\/cni$/,
    sound: /^inactive\n.*not found\n.*No such file/,
  },
]

describe('a fault is seen after break, and gone after heal', { timeout: 2 * MINUTES }, () => {
  test.each(looks)('$fault.kind', async ({ fault, look, broken, sound }) => {
    expect(await seen(alpha, look), 'as it was').toMatch(sound)
    await breakHost('alpha', fault)
    await breakHost('alpha', fault)
    expect(await seen(alpha, look)).toMatch(broken)
    await heal('alpha', fault.kind)
    await heal('alpha', fault.kind)
    expect(await seen(alpha, look), 'healed').toMatch(sound)
  })

  test('clock: it is seen by logins and by sudo', async () => {
    await breakHost('beta', { kind: 'clock', seconds: -3600 })
    const ways = ['date +%s', "sudo -S -p '' python3 -c 'import time; time.sleep(0.01); print(time.time())'"]
    for (const command of ways) {
      const time = Number(await onHost(beta, command, await passwordOf(beta)))
      expect(time - Date.now() / 1000).toBeCloseTo(-3600, -2)
    }
    await heal('beta', 'clock')
    expect(Number(await onHost(beta, 'date +%s')) - Date.now() / 1000).toBeCloseTo(0, -2)
  })

  test("machine-id: it is another host's", async () => {
    const own = await onHost(alpha, 'cat /etc/machine-id')
    await breakHost('alpha', { kind: 'machine-id' })
    expect(await onHost(alpha, 'cat /etc/machine-id')).toBe(await onHost(beta, 'cat /etc/machine-id'))
    await heal('alpha', 'machine-id')
    expect(await onHost(alpha, 'cat /etc/machine-id')).toBe(own)
  })

  test('sudo-password: the one that is known is refused, and only where sudo asks for one', async () => {
    const sudo = async () => (await tryOnHost(beta, "sudo -S -p '' id -un", await passwordOf(beta))).stdout
    expect(await sudo()).toBe('root')
    await breakHost('beta', { kind: 'sudo-password' })
    expect(await sudo()).toBe('')
    await heal('beta', 'sudo-password')
    expect(await sudo()).toBe('root')
    await expect(breakHost('alpha', { kind: 'sudo-password' })).rejects.toMatchObject({
      code: 'Precondition',
      problems: [{ field: 'host', hint: expect.stringContaining('sudo=password') }],
    })
    await heal('alpha', 'sudo-password')
  })

  test('port-blocked: the port is silent between the two hosts, other ports are not', async () => {
    const kubelet = probe(alpha.address, 10250)
    expect(await onHost(beta, kubelet)).toBe('closed')
    await breakHost('alpha', { kind: 'port-blocked', other: 'beta' })
    expect(await onHost(beta, kubelet)).toBe('silent')
    expect(await onHost(alpha, probe(beta.address, 10250))).toBe('silent')
    expect(await onHost(beta, probe(alpha.address, 10249))).toBe('closed')
    await heal('alpha', 'port-blocked')
    expect(await onHost(beta, kubelet)).toBe('closed')
  })

  test('repo-proxy: the machine is silent for this host, and not for the other one', async () => {
    const server = createServer((socket) => socket.end())
    await new Promise<void>((resolve) => server.listen(0, gateway, resolve))
    const repo = probe(gateway, (server.address() as { port: number }).port)
    await breakHost('alpha', { kind: 'repo-proxy' })
    expect([await onHost(alpha, repo), await onHost(beta, repo)]).toEqual(['silent', 'open'])
    await heal('alpha', 'repo-proxy')
    expect(await onHost(alpha, repo)).toBe('open')
    await new Promise((resolve) => server.close(resolve))
  })

  test('dns: the name server that the host knows does not answer', async () => {
    const before = await onHost(alpha, 'cat /etc/resolv.conf')
    await breakHost('alpha', { kind: 'dns' })
    expect(await onHost(alpha, 'cat /etc/resolv.conf')).toBe(`nameserver ${gateway}`)
    expect(await onHost(alpha, probe(gateway, 53))).toBe('silent')
    await heal('alpha', 'dns')
    expect(await onHost(alpha, 'cat /etc/resolv.conf')).toBe(before)
  })

  test('ssh-hangs: its banner comes and then nothing, until it is healed from outside', async () => {
    await breakHost('alpha', { kind: 'ssh-hangs' })
    const banner = `python3 -c 'import socket
s = socket.create_connection(("${alpha.address}", 22), 2); s.sendall(b"SSH-2.0-probe\\r\\n"); s.settimeout(0.5)
print(s.recv(99))
try: print(s.recv(99))
except TimeoutError: print("silent")'`
    expect(await onHost(beta, banner)).toMatch(/SSH-2\.0-OpenSSH.*\nsilent/)
    await heal('alpha', 'ssh-hangs')
    expect(await onHost(alpha, 'id -un')).toBe('root')
  })
})

describe('a fault that strikes in the middle', { timeout: 2 * MINUTES }, () => {
  const trigger = 'touch /var/tmp/trigger'
  const when = '/var/tmp/trigger'

  test('reboots: once, when what it waits for appears', async () => {
    const boot = () => seen(alpha, 'cat /proc/sys/kernel/random/boot_id')
    const before = await boot()
    await breakHost('alpha', { kind: 'reboots', when })
    expect(await boot()).toBe(before)
    await seen(alpha, trigger)
    const isBack = (said: string) => /^[0-9a-f-]{36}$/.test(said) && said !== before
    await becomes(async () => isBack(await boot()))
    const after = await boot()
    await seen(alpha, `rm ${when}; ${trigger}`)
    await heal('alpha', 'reboots')
    expect(await boot()).toBe(after)
    await seen(alpha, `rm ${when}`)
  })

  test('powers-off: the host is off until it is healed', async () => {
    const state = async () => (await labList({ dir }))?.hosts[0]?.state
    await breakHost('alpha', { kind: 'powers-off', when })
    await seen(alpha, trigger)
    await becomes(async () => (await state()) === 'off')
    await heal('alpha', 'powers-off')
    expect([await state(), await onHost(alpha, 'id -un')]).toEqual(['running', 'root'])
    await seen(alpha, `rm ${when}`)
  })

  test('disk-fills: there is room until containerd stores something, and again after healing', async () => {
    const blobs = '/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256'
    const store = `mkdir -p ${blobs}; head -c 1M /dev/zero > ${blobs}/first`
    const grow = 'head -c 9M /dev/zero > /var/lib/containerd/more; ls -s --block-size=1M /var/lib/containerd'
    await breakHost('alpha', { kind: 'disk-fills' })
    expect(
      Number(await onHost(alpha, 'df -B1G --output=avail /var/lib/containerd | tail -1')),
    ).toBeGreaterThan(10)
    await onHost(alpha, store)
    await becomes(async () => (await seen(alpha, grow)).includes('No space left'))
    await heal('alpha', 'disk-fills')
    expect(await seen(alpha, grow)).toMatch(/^total [\s\S]*9 more/)
    // nobody used it, so the content is on the host's own disk now
    expect(await onHost(alpha, `findmnt /var/lib/containerd || stat -c %s ${blobs}/first`)).toBe('1048576')
    await onHost(alpha, 'rm -r /var/lib/containerd')
  })
})

describe('faults last until they are healed', { timeout: 3 * MINUTES }, () => {
  const lasting = looks.filter(({ fault: { kind } }) =>
    ['disk-full', 'etc-read-only', 'port-taken', 'mtu', 'swap', 'leftovers'].includes(kind),
  )

  test('over a reboot, and over a loss of power while they were made', async () => {
    for (const { fault } of lasting) await breakHost('alpha', fault)
    await labReboot({ dir, host: 'alpha' })
    for (const { look, broken } of lasting) expect(await seen(alpha, look)).toMatch(broken)
    await labPowerOff({ dir, host: 'alpha', force: true })
    for (const { fault } of lasting) await breakHost('alpha', fault)
    await up()
    for (const { look, broken } of lasting) expect(await seen(alpha, look)).toMatch(broken)
    expect((await labFaults({ dir })).broken.map(({ fault }) => fault.kind)).toEqual(
      lasting.map(({ fault }) => fault.kind).sort(),
    )
  })

  test('or the lab goes down, though its files are kept', async () => {
    await breakHost('alpha', { kind: 'dns' })
    await breakHost('alpha', { kind: 'port-blocked' })
    await labDown({ name, dir, force: true, keepTrees: true })
    expect((await run(['nft', 'list', 'tables'])).stdout).not.toContain(name.replaceAll('-', '_'))
    expect((await labFaults({ dir })).broken).toEqual([])
    await up()
    for (const { look, sound } of lasting) expect(await seen(alpha, look)).toMatch(sound)
    expect(await onHost(alpha, 'ls /etc/systemd/system /etc/lab-faults')).not.toContain('lab-fault-')
  })

  test('though the note of one was cut off while it was written', async () => {
    await breakHost('alpha', { kind: 'mtu' })
    await writeFile(join(dir, 'faults/alpha/mtu'), '{"ki')
    expect((await labFaults({ dir })).broken).toEqual([{ host: 'alpha', fault: { kind: 'mtu' } }])
    await heal('alpha', 'mtu')
    expect((await labFaults({ dir })).broken).toEqual([])
  })

  test('and what is no fault, or no setting of one, is refused', async () => {
    const refused = (fault: unknown) => expect(breakHost('alpha', fault as Fault)).rejects
    await refused({ kind: 'gremlins' }).toMatchObject({ problems: [{ field: 'fault' }] })
    await refused({ kind: 'reboots', when: '/a\nb' }).toMatchObject({ problems: [{ field: 'when' }] })
    await refused({ kind: 'port-taken', port: 0 }).toMatchObject({ problems: [{ field: 'port' }] })
    await refused({ kind: 'hostname', like: 'nobody' }).toMatchObject({ code: 'NotFound' })
    await heal('alpha', 'hostname')
  })
})

async function up(): Promise<void> {
  const lab = await labUp({ ...config, name, dir, hosts: wished })
  gateway = lab.gateway
  ;[alpha, beta] = lab.hosts as [LabHost, LabHost]
}

function breakHost(host: string, fault: Fault): Promise<void> {
  return labFault({ ...config, dir, host }, fault)
}

function heal(host: string, kind: FaultKind): Promise<void> {
  return labHeal({ ...config, dir, host }, kind)
}

/** All that a command says, however it ends. */
async function seen(host: LabHost, command: string): Promise<string> {
  const { stdout, stderr } = await tryOnHost(host, command)
  return [stdout, stderr].filter(Boolean).join('\n')
}

function becomes(look: () => Promise<boolean>): Promise<void> {
  return until(look, { deadlineMs: MINUTES, what: 'the fault to strike' })
}

function passwordOf(host: LabHost): Promise<string> {
  return readFile(host.sudoPasswordFile ?? '', 'utf8')
}
