import { invalid, type Problem } from '@slipway/errors'
import { runningHost } from '../host/power.ts'
import { foldersOf } from '../lab.ts'
import { requireHost } from '../record.ts'
import { labPowerOn } from '../switch.ts'
import type { Fault, FaultKind, FaultPlace, FaultWays } from './fault.ts'
import { forgetFault, notedFaults, noteFault } from './notes.ts'
import { isFaultKind, ways } from './ways.ts'

/** Which host of which lab; the cache is for what comes from Debian. */
export type FaultTarget = {
  dir: string
  host: string
  cacheDir: string
  proxy?: Record<string, string> | undefined
  signal?: AbortSignal | undefined
}

/** Makes one thing wrong with one host; lasts over its reboots until it is healed. */
export async function labFault(target: FaultTarget, fault: Fault): Promise<void> {
  const problems = faultProblems(fault)
  if (problems.length > 0) throw invalid(problems)
  const place = await placeOf(target)
  await noteFault(place.lab.dir, { host: target.host, fault })
  await wayOf(fault.kind).break(place, fault)
}

/** Kinds after which the host may be off, or let nobody in. */
const keepsPeopleOut: readonly FaultKind[] = ['reboots', 'powers-off', 'ssh-hangs']

/** Makes it right again, after a crash too; does nothing where nothing is wrong. */
export async function labHeal(target: FaultTarget, kind: FaultKind): Promise<void> {
  if (!isFaultKind(kind)) throw invalid(unknownKind(kind))
  const place = await placeOf(target)
  await wayOf(kind).heal(place)
  if (keepsPeopleOut.includes(kind)) await labPowerOn(target)
  await forgetFault(place.lab.dir, target.host, kind)
}

/** Heals every fault of hosts that are off, whose files are to be kept. */
export async function healTrees(dir: string): Promise<void> {
  for (const { host, fault } of await notedFaults(dir)) {
    // nothing is fetched to heal
    await wayOf(fault.kind).heal(await placeOf({ dir, host, cacheDir: '' }))
    await forgetFault(dir, host, fault.kind)
  }
}

/** The table gives each kind ways that take faults of this kind. */
function wayOf(kind: FaultKind): FaultWays {
  return ways[kind].ways as FaultWays
}

async function placeOf({ dir, host: name, cacheDir, proxy = {}, signal }: FaultTarget): Promise<FaultPlace> {
  const { lab, host } = await requireHost(dir, name)
  const running = await runningHost(lab, host)
  return { lab, host, tree: foldersOf(lab.dir).tree(name), running, cacheDir, proxy, signal }
}

function faultProblems(fault: Fault): Problem[] {
  if (!isFaultKind(fault.kind)) return unknownKind(fault.kind)
  const problems: Problem[] = []
  if (
    'port' in fault &&
    !(Number.isInteger(fault.port) && Number(fault.port) > 0 && Number(fault.port) < 65_536)
  ) {
    problems.push({ field: 'port', message: `${fault.port} is not a port`, hint: 'Use 1 to 65535.' })
  }
  if ('when' in fault && !/^\/[\w./-]+$/.test(fault.when ?? '')) {
    const message = `${JSON.stringify(fault.when)} is not a path of a host`
    problems.push({ field: 'when', message, hint: 'Write it from /, of letters, digits, ., _ and -.' })
  }
  if ('seconds' in fault && !Number.isFinite(fault.seconds)) {
    problems.push({ field: 'seconds', message: `${fault.seconds} is not a number`, hint: 'Say 600 or -600.' })
  }
  return problems
}

function unknownKind(kind: string): Problem[] {
  const hint = `Use ${Object.keys(ways).join(', ')}.`
  return [{ field: 'fault', message: `there is no fault ${JSON.stringify(kind)}`, hint }]
}
