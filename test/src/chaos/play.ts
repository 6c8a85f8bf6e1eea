import { HostServiceService as Hosts } from '@slipway/contracts/host/v1/host_service'
import { differences, inventoryOf } from '../host-inventory.ts'
import { changes, clusterOf } from './change.ts'
import type { Draw } from './draw.ts'
import { effectProblems } from './effects.ts'
import { followOperation, followRefresh } from './follow.ts'
import { eventProblems, outputProblems } from './heard.ts'
import { leftBehind } from './left.ts'
import { settle } from './settle.ts'
import { patiently, type Site } from './site.ts'
import { brew } from './storm.ts'

/** What a seed came to. */
export type Played = {
  draw: Draw
  /** How it ended, with the attempts beyond the first. */
  result: string
  /** From the request to the end. */
  seconds: number
  /** From the fault to the first thing that moved after it; undefined when it struck nothing. */
  recoverySeconds: number | undefined
  /** Everything that is not as it should be. */
  problems: string[]
}

const CALM_MS = 20_000
/** Within this time after what died is back, work moves on. */
const MOVES_ON_SECONDS = 30
/** A host whose cable was out holds logins of that time until TCP gives them up. */
const AFTER_CUT_MS = 90_000

/** Plays one fault on a site and looks at everything that it may have broken. */
export async function play(site: Site, draw: Draw, { cutMs }: { cutMs: number }): Promise<Played> {
  const change = changes[draw.operation]
  await settle(site, draw.operation)
  const hosts = change.hosts(site)
  const storm = brew(site, draw, { cutMs, on: hosts })
  const since = Date.now()
  storm.begins('request')
  const operation = await change.ask(site, draw.seed)
  const ended = await (operation
    ? followOperation(site, operation, storm)
    : followRefresh(site, { since, storm }))
  const seconds = (Date.now() - since) / 1_000
  const struck = await storm.over()
  const movedAt = storm.movedAt()
  const recoverySeconds = struck && movedAt ? (movedAt - struck.at) / 1_000 : undefined
  const problems = [
    ...ended.problems,
    ...(operation && ended.watched ? await outputProblems(site, operation, ended.watched) : []),
    ...(await eventProblems(site, operation)),
    ...(await leftBehind(site, {
      before: storm.ran,
      hosts: site.hosts.map(({ name }) => name),
      patienceMs: draw.target === 'host-network' ? AFTER_CUT_MS : CALM_MS,
    })),
    ...(operation && draw.operation !== 'delete-cluster'
      ? await effectProblems(site, draw, { since, operation, hosts })
      : []),
    ...(await inventoryProblems(site, change.leaves(site))),
    ...(await ownershipProblems(site, draw)),
    ...delayProblems(draw, recoverySeconds),
  ]
  return {
    draw,
    result:
      struck && struck.at < since + seconds * 1_000 ? ended.result : `${ended.result}, before the fault`,
    seconds,
    recoverySeconds,
    problems,
  }
}

/** A host without a network is waited for; everything else moves on soon. */
function delayProblems({ target, downMs }: Draw, recoverySeconds = 0): string[] {
  const late = recoverySeconds - downMs / 1_000
  if (target === 'host-network' || late <= MOVES_ON_SECONDS) return []
  return [`nothing moved for ${late.toFixed(1)} s after what had died was back`]
}

/** What differs on hosts that no cluster has any more. */
async function inventoryProblems(site: Site, hosts: readonly string[]): Promise<string[]> {
  if (hosts.length === 0) return []
  const now = await inventoryOf(site.ground, hosts)
  return hosts.flatMap((host) =>
    differences(site.pristine[host] ?? {}, now[host] ?? {}).map((line) => `${host}: ${line}`),
  )
}

/** Slipway's own inventory: which hosts a cluster has. */
async function ownershipProblems(site: Site, { operation }: Draw): Promise<string[]> {
  const { id } = await clusterOf(site)
  const { hosts } = await patiently(() => site.door.call(Hosts.listHosts, { project: site.project }))
  return site.hosts.flatMap(({ name }, index) => {
    const owner = hosts.find((one) => one.name === name)?.cluster ?? ''
    const wanted = operation === 'delete-cluster' ? '' : ownerOf(index, operation, id)
    return wanted === undefined || owner === wanted
      ? []
      : [`${name} belongs to "${owner}" instead of "${wanted}"`]
  })
}

function ownerOf(index: number, operation: Draw['operation'], cluster: string): string | undefined {
  if (index < 2) return cluster
  if (operation === 'add-worker') return cluster
  return operation === 'remove-worker' ? '' : undefined
}
