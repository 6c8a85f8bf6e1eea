import { resolve } from 'node:path'
import { precondition } from '@slipway/errors'
import { agree } from './agree.ts'
import { powerOn, runningHost } from './host/power.ts'
import { waitForLogin } from './host/reach.ts'
import { type Host, type Lab, namesOf } from './lab.ts'
import { withLock } from './lock.ts'
import { checkMachine } from './machine.ts'
import { ensureBridge } from './network/bridge.ts'
import { busyRanges } from './network/busy.ts'
import { applyFirewall, hasFirewall } from './network/firewall.ts'
import { raiseSettings } from './network/machine-settings.ts'
import { parseRange, pickRange, type Range } from './network/range.ts'
import { readLab, writeLab } from './record.ts'
import { describe, type LabState } from './state.ts'
import { together } from './together.ts'
import { baseTree } from './tree/base.ts'
import { ensureTree } from './tree/host-tree.ts'
import { ensureSshKey, writeKnownHosts } from './tree/keys.ts'
import type { LabWish } from './wish.ts'

/** How a lab is brought up, besides what it is to be. */
export type LabUp = LabWish & {
  mirror?: string | undefined
  proxy?: Record<string, string> | undefined
  report?: ((line: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/**
 * Brings a lab up and answers when every host lets its user log in. Can be run again at any point, also after having
 * been cut off: what is there is kept, hosts that are off are started, new ones are added, none is removed.
 */
export async function labUp({
  report = () => {},
  signal,
  mirror,
  proxy = {},
  ...asked
}: LabUp): Promise<LabState> {
  const wish = { ...asked, dir: resolve(asked.dir), cacheDir: resolve(asked.cacheDir) }
  const work = async () => {
    const problems = await checkMachine(wish)
    if (problems.length > 0) throw precondition(problems)
    const source = { cacheDir: wish.cacheDir, mirror, proxy, report, signal }
    for (const { os = 'debian-12', firewall = 'none' } of wish.hosts) await baseTree({ os, firewall }, source)
    const lab = await prepareNetwork(wish, signal)
    const hosts = lab.hosts.filter((host) => wish.hosts.some(({ name }) => name === host.name))
    const publicKey = await ensureSshKey(lab.dir)
    const start = async (host: Host) => {
      const base = await baseTree(host, source)
      await ensureTree(lab, host, { base, publicKey, signal })
      signal?.throwIfAborted()
      const running = await runningHost(lab, host)
      return running ? running.keeper : powerOn(lab, host)
    }
    report(`Starting ${hosts.length} hosts on ${lab.network}.`)
    const pids = await together(hosts.map(start))
    await writeKnownHosts(lab)
    await together(hosts.map((host, index) => waitForLogin(lab, host, { pid: pids[index], signal })))
    report(`All ${hosts.length} hosts are up.`)
    return describe(lab)
  }
  return withLock(`lab ${wish.name}`, work, signal)
}

/** One lab at a time, so that two that start together don't pick the same range. */
function prepareNetwork(wish: LabWish, signal?: AbortSignal): Promise<Lab> {
  const work = async () => {
    const recorded = await readLab(wish.dir)
    const lab = agree(wish, recorded, await chooseRange(wish, recorded))
    await writeLab(lab)
    await raiseSettings()
    await ensureBridge(lab)
    if (!(await hasFirewall(lab.name))) await applyFirewall(lab)
    return lab
  }
  return withLock('network', work, signal)
}

async function chooseRange(wish: LabWish, recorded: Lab | undefined): Promise<Range> {
  const text = wish.network ?? recorded?.network
  const busy = (await busyRanges()).filter(({ device }) => device !== namesOf(wish.name).bridge)
  const range = text === undefined ? pickRange(busy.map((one) => one.range)) : parseRange(text)
  if (range) return range
  throw precondition([{ field: 'network', message: 'no range is free any more', hint: 'Name one.' }])
}
