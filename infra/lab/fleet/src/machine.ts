import { createHash } from 'node:crypto'
import type { Target } from './order.ts'

/** The name by which its machine is known: the same host is the same machine, whatever it is called in a cluster. */
type Machine = Pick<Target, 'address' | 'port'> & { name: string }

const GIB = 2 ** 30

/** What infra/ansible's module host_facts would say of a Debian 12 machine; what differs comes from its name. */
export function factsOf(machine: Machine): Record<string, unknown> {
  const { name, address } = machine
  const digest = digestOf(machine)
  const size = 2 ** (1 + ((digest[0] ?? 0) % 4))
  return {
    os: { id: 'debian', version: '12', pretty: 'Debian GNU/Linux 12 (bookworm)' },
    kernel: '6.1.0-38-amd64',
    architecture: 'amd64',
    cpus: size,
    memory_mib: size * 4096,
    disks: [{ name: 'vda', bytes: 100 * GIB, rotational: false, model: 'simulated' }],
    mounts: [{ path: '/', bytes: 98 * GIB, free_bytes: 80 * GIB }],
    network_cards: [
      { name: 'eth0', mac: macOf(digest), mtu: 1500, state: 'up', addresses: [`${address}/24`] },
    ],
    routes: [{ destination: 'default', gateway: address.replace(/\d+$/, '1'), device: 'eth0' }],
    host_name: name,
    gpus: [],
    cgroup_version: 2,
    python_version: '3.11.2',
    swap: [],
    init_system: 'systemd',
    virtualisation: 'kvm',
    sudo: { works: true, problem: '' },
    listening_ports: [22],
    leftovers: [],
    cluster: null,
    ...clockOf(machine),
  }
}

/** Its identity and its clock, as preflight asks for them. */
export function clockOf(machine: Machine): Record<string, unknown> {
  return {
    machine_id: digestOf(machine).toString('hex').slice(0, 32),
    host_name: machine.name,
    epoch: Date.now() / 1000,
  }
}

/** The key that its sshd would show. */
export function hostKeyOf(machine: Pick<Machine, 'address' | 'port'>): string {
  const part = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const blob = Buffer.concat([part(Buffer.from('ssh-ed25519')), part(digestOf(machine))])
  return `ssh-ed25519 ${blob.toString('base64')}`
}

function digestOf({ address, port }: Pick<Machine, 'address' | 'port'>): Buffer {
  return createHash('sha256').update(`${address}:${port}`).digest()
}

function macOf(digest: Buffer): string {
  return ['52', '54', '00', ...[1, 2, 3].map((at) => digest.subarray(at, at + 1).toString('hex'))].join(':')
}
