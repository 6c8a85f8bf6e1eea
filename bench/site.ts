import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection } from '@slipway/cli/api'
import { readSettings } from '@slipway/cli/config'
import {
  administrator,
  endPlatform,
  ensurePlatform,
  fetchArtifacts,
  type Place,
  placeIn,
  pushOnce,
  type Running,
} from '@slipway/cli/demo'
import { type LabHost, labDown, labUp, readLabConfig } from '@slipway/lab'

/** An all-in-one and a lab of empty hosts, all of it in a folder that goes with it. */
export type Site = {
  place: Place
  settings: ReturnType<typeof readSettings>
  running: Running
  to: Connection
  /** Of the all-in-one's Node process. */
  pid: number
  /** This machine's address as the hosts see it. */
  gateway: string
  hosts: LabHost[]
  release: Awaited<ReturnType<typeof fetchArtifacts>>
}

/** Brings a site up with its artifacts in repo-proxy, does the work, and takes everything down again whatever happened. */
export async function atSite(
  wish: { lab: string; hosts: readonly string[]; playbooks?: (dir: string) => Promise<string> },
  work: (site: Site) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp('/var/lib/slipway/bench-')
  const place = placeIn(dir)
  const lab = { name: wish.lab, dir: place.lab }
  const { signal } = new AbortController()
  const quiet = () => {}
  let pid: number | undefined
  try {
    const given = readSettings()
    const playbooks = await wish.playbooks?.(join(dir, 'playbooks'))
    const settings = { ...given, SLIPWAY_ANSIBLE_PLAYBOOKS: playbooks ?? given.SLIPWAY_ANSIBLE_PLAYBOOKS }
    const release = await fetchArtifacts(settings, signal, quiet)
    const { SLIPWAY_CACHE: cacheDir } = settings
    const names = wish.hosts.map((name) => ({ name }))
    const { gateway, hosts } = await labUp({ ...readLabConfig(), ...lab, cacheDir, hosts: names, signal })
    const running = await ensurePlatform(place, settings, gateway)
    pid = running.processes.find(({ name }) => name === 'slipway')?.pid
    if (!pid) throw new Error('the all-in-one did not say which process it is')
    const to = await administrator(place, running)
    await pushOnce(to, running.repo, release, cacheDir, signal, quiet)
    await work({ place, settings, running, to, pid, gateway, hosts, release })
  } finally {
    if (pid) await endPlatform(pid)
    await labDown({ ...lab, force: true })
    await rm(dir, { recursive: true, force: true })
  }
}
