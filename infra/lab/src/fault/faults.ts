import { invalid } from '@slipway/errors'
import { runningHost } from '../host/power.ts'
import { foldersOf } from '../lab.ts'
import { requireHost } from '../record.ts'
import { labClock } from './clock.ts'
import type { Fault, FaultPlace, FaultWays } from './fault.ts'
import { labHostname, labMachineId } from './identity.ts'
import { labSwap } from './swap.ts'

const ways: { [K in Fault['kind']]: FaultWays<Extract<Fault, { kind: K }>> } = {
  clock: labClock,
  swap: labSwap,
  'machine-id': labMachineId,
  hostname: labHostname,
}

/** Which host of which lab; the clock needs the cache, since its library comes from Debian. */
export type FaultTarget = {
  dir: string
  host: string
  cacheDir: string
  proxy?: Record<string, string> | undefined
  signal?: AbortSignal | undefined
}

/** Makes one thing wrong with one host; lasts over its reboots until it is healed. */
export async function labFault(target: FaultTarget, fault: Fault): Promise<void> {
  const place = await placeOf(target)
  if ('like' in fault) await requireHost(target.dir, fault.like)
  switch (fault.kind) {
    case 'clock':
      return ways.clock.break(place, fault)
    case 'swap':
      return ways.swap.break(place, fault)
    case 'machine-id':
      return ways['machine-id'].break(place, fault)
    case 'hostname':
      return ways.hostname.break(place, fault)
    default:
      throw invalid([{ field: 'fault', message: 'unknown', hint: `Use ${Object.keys(ways).join(', ')}.` }])
  }
}

/** Makes it right again; does nothing where nothing is wrong. */
export async function labHeal(target: FaultTarget, kind: Fault['kind']): Promise<void> {
  return ways[kind].heal(await placeOf(target))
}

async function placeOf({ dir, host: name, cacheDir, proxy = {}, signal }: FaultTarget): Promise<FaultPlace> {
  const { lab, host } = await requireHost(dir, name)
  const running = await runningHost(lab, host)
  return { lab, host, tree: foldersOf(lab.dir).tree(name), running, cacheDir, proxy, signal }
}
