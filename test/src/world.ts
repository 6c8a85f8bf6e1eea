import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readSettings } from '@slipway/cli/config'
import {
  administrator,
  endPlatform,
  ensurePlatform,
  fetchArtifacts,
  kubectlOf,
  PLATFORM,
  placeIn,
  proofImage,
  pushOnce,
  type Running,
  readRecord,
} from '@slipway/cli/demo'
import { labDown, labUp, readLabConfig, tryLock } from '@slipway/lab'
import type { TestProject } from 'vitest/node'

/** What every story works in: a lab of real hosts, and a Slipway that runs as an unprivileged user. */
export type World = {
  dir: string
  lab: { name: string; dir: string; gateway: string }
  hosts: { name: string; address: string; user: string; sshKeyFile: string; sudoPasswordFile?: string }[]
  running: Running
  /** The administrator's connection. */
  to: { url: string; ca: string; token?: string }
  kubectl: string
  version: string
  platform: string
  proofImage: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    world: World
  }
}

/**
 * Hosts of the stories. a-1 and a-2 carry the cluster that most stories look at; b-1 and b-2 are for stories that break,
 * cancel and clean; c-1 asks for a sudo password and lets no root in.
 */
const wishes = [
  { name: 'a-1', user: 'ops' },
  { name: 'a-2', user: 'ops' },
  { name: 'b-1', user: 'ops' },
  { name: 'b-2', user: 'ops' },
  { name: 'c-1', user: 'ops', sudo: 'password' as const },
]

/** Brings the world up once for all stories, and removes it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const settings = readSettings()
  const say = (line: string) => process.stdout.write(`  ${line}\n`)
  const signal = new AbortController().signal
  const { name, letGo } = await takeName()
  const dir = join('/var/lib/slipway', name)
  const place = placeIn(dir)
  const lab = { name, dir: place.lab }
  const clear = async () => {
    // Read now: a story may have killed the first all-in-one and started another.
    const { pid } = await readRecord(place)
    if (pid) await endPlatform(pid)
    await labDown({ ...lab, force: true })
    await rm(dir, { recursive: true, force: true })
  }
  // What stories that were killed left behind.
  await clear()
  const release = await fetchArtifacts(settings, signal, say)
  const state = await labUp({
    ...readLabConfig(),
    ...lab,
    cacheDir: settings.SLIPWAY_CACHE,
    hosts: wishes,
    report: say,
    signal,
  })
  const running = await ensurePlatform(place, settings, state.gateway)
  const to = await administrator(place, running)
  await pushOnce(to, running.repo, release, settings.SLIPWAY_CACHE, signal, say)
  const hosts = state.hosts.map(({ name, address, user, sshKeyFile, sudoPasswordFile }) => ({
    name,
    address,
    user,
    sshKeyFile,
    sudoPasswordFile,
  }))
  project.provide('world', {
    dir,
    lab: { name, dir: place.lab, gateway: state.gateway },
    hosts,
    running,
    to,
    kubectl: kubectlOf(release, settings.SLIPWAY_CACHE),
    version: release.kubernetes,
    platform: PLATFORM,
    proofImage: proofImage(release),
  })
  return async () => {
    await clear()
    await letGo()
  }
}

/** A name for the lab that nobody else's stories use now. */
async function takeName(): Promise<{ name: string; letGo: () => Promise<void> }> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'stories' : `stories-${number}`
    const letGo = await tryLock(name)
    if (letGo) return { name, letGo }
  }
}
