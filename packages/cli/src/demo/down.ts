import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { forgetEverything } from './cluster.ts'
import type { Ground } from './ground/ground.ts'
import { type Place, readRecord, record } from './place.ts'
import { administrator, endPlatform, findRunning } from './platform.ts'

/** Removes cluster, hosts, network and processes, also after a crash; with `purge` the data folder too. */
export async function demoDown(place: Place, ground: Ground, purge: boolean): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const { project, pid } = await readRecord(place)
  const running = await findRunning(place)
  if (running && project && !purge) {
    say('Slipway forgets the cluster and its hosts.')
    await forgetEverything(await administrator(place, running), project).catch((error: Error) =>
      say(`  it could not: ${error.message}`),
    )
  }
  if (pid) await endPlatform(pid)
  await ground.down(say)
  await rm(place.kubeconfig, { force: true })
  if (purge) await rm(place.dir, { recursive: true, force: true })
  else if (existsSync(place.dir)) await record(place, { pid: undefined, cluster: undefined, lab: undefined })
  say(
    purge ? 'Nothing is left.' : `Stopped; the data of Slipway is kept in ${place.dir} (--purge removes it).`,
  )
}
