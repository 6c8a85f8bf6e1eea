import { mkdtemp, readFile, rm } from 'node:fs/promises'
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
  VERSION,
} from '@slipway/cli/demo'
import { labDown, labUp, readLabConfig } from '@slipway/lab'
import type { TestProject } from 'vitest/node'

/** What every story works in: a lab of real hosts, and a Slipway that runs as an unprivileged user. */
export type World = {
  dir: string
  lab: { dir: string; gateway: string }
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
  const dir = await mkdtemp('/var/lib/slipway/stories-')
  const place = placeIn(dir)
  // Another name lets a second person's stories run at the same time.
  const lab = { name: process.env.SLIPWAY_STORIES_LAB ?? 'stories', dir: place.lab }
  const release = await fetchArtifacts(settings, signal, say)
  await labDown({ ...lab, force: true })
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
    lab: { dir: place.lab, gateway: state.gateway },
    hosts,
    running,
    to,
    kubectl: kubectlOf(release, settings.SLIPWAY_CACHE),
    version: VERSION,
    platform: PLATFORM,
    proofImage: proofImage(release),
  })
  return async () => {
    // A story may have killed the first one and started another.
    const { pid } = JSON.parse(await readFile(place.record, 'utf8'))
    await endPlatform(pid)
    await labDown({ ...lab, force: true })
    await rm(join(dir), { recursive: true, force: true })
  }
}
