import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInside } from '../host/inside.ts'
import type { Fault, FaultWays } from './fault.ts'
import { otherHost } from './other-host.ts'
import { wallFault } from './wall.ts'

type OfNetwork<K> = FaultWays<Extract<Fault, { kind: K }>>

/** A firewall between two hosts that drops the kubelet's port, both ways. */
export const labPortBlocked: OfNetwork<'port-blocked'> = wallFault(
  'port-blocked',
  ({ lab, host }, { other, port = 10250 }) => {
    const { address } = otherHost(lab, host, other)
    const way = (from: string, to: string) => `ip saddr ${from} ip daddr ${to} tcp dport ${Math.trunc(port)}`
    return { at: 'bridge forward', drops: [way(address, host.address), way(host.address, address)] }
  },
)

/** This host alone can't open a connection to the machine, where repo-proxy is; the machine still reaches the host. */
export const labRepoProxy: OfNetwork<'repo-proxy'> = wallFault('repo-proxy', ({ lab, host }) => ({
  at: 'inet input',
  drops: [`ip saddr ${host.address} ip daddr ${lab.gateway} meta l4proto tcp ct direction original`],
}))

/** A name server that never answers. */
export const labDns: OfNetwork<'dns'> = {
  break: async (place, fault) => {
    const { lab, tree } = place
    await silence.break(place, fault)
    if (!existsSync(join(tree, RESOLV_KEPT))) await rename(join(tree, RESOLV), join(tree, RESOLV_KEPT))
    await writeFile(join(tree, RESOLV), `nameserver ${lab.gateway}\n`)
  },
  heal: async (place) => {
    const { tree } = place
    if (existsSync(join(tree, RESOLV_KEPT))) await rename(join(tree, RESOLV_KEPT), join(tree, RESOLV))
    await silence.heal(place)
  },
}

const silence: OfNetwork<'dns'> = wallFault('dns', ({ lab, host }) => ({
  at: 'inet input',
  drops: ['udp', 'tcp'].map(
    (protocol) => `ip saddr ${host.address} ip daddr ${lab.gateway} ${protocol} dport 53`,
  ),
}))

/** The host's interface carries smaller packets than those of its neighbours. */
export const labMtu: OfNetwork<'mtu'> = {
  break: async ({ tree, running }) => {
    await mkdir(join(tree, MTU_FOLDER), { recursive: true })
    await writeFile(join(tree, MTU_FOLDER, 'lab-mtu.conf'), '[Link]\nMTUBytes=1200\n')
    if (running) await runInside(running, ['ip', 'link', 'set', 'host0', 'mtu', '1200'])
  },
  heal: async ({ tree, running }) => {
    if (!(await readFile(join(tree, MTU_FOLDER, 'lab-mtu.conf')).catch(() => undefined))) return
    if (running) await runInside(running, ['ip', 'link', 'set', 'host0', 'mtu', '1500'])
    await rm(join(tree, MTU_FOLDER), { recursive: true })
  },
}

const RESOLV = 'etc/resolv.conf'
const RESOLV_KEPT = 'etc/resolv.conf.lab'
const MTU_FOLDER = 'etc/systemd/network/10-host0.network.d'
