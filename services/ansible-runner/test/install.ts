import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Run } from '@slipway/contracts/run/v1/run'
import {
  type RunServiceServer,
  RunServiceService,
  type StartRunRequest,
} from '@slipway/contracts/run/v1/run_service'
import { ownerOf } from '@slipway/embedded'
import type { Client } from '@slipway/rpc'
import { open, type PublicKeys, seal } from '@slipway/secrets'
import { readMaterial, type Service } from '@slipway/service'
import { type Platform, startPlatform } from '@slipway/testing'
import { openAnsibleRunner } from '../src/service.ts'

/** A platform with runners on it, and what cluster-manager does with them. */
export type TestInstall = {
  platform: Platform
  client: Client<RunServiceServer>
  /** Calls as api-gateway. */
  gateway: Client<RunServiceServer>
  /** Seals to the runner. */
  seal: (text: string, object: string, field: string) => Promise<string>
  /** Opens what was sealed to cluster-manager. */
  open: (sealed: string, object: string, field: string) => Promise<string>
  /** Starts a run and waits for its end. */
  play: (request: StartRunRequest) => Promise<Run>
  ended: (id: string) => Promise<Run>
  stop: () => Promise<void>
}

export const project = 'project-1'
export const playbooks = join(import.meta.dirname, 'fixtures/playbooks')

/** The virtual environment that tools/setup.mjs made. */
function ansible(): string {
  const known = process.env.SLIPWAY_ANSIBLE_VENV
  if (known) return known
  const state = '/var/lib/slipway'
  const made = readdirSync(state).find((name) => name.startsWith('ansible-'))
  if (!made) throw new Error(`${state} has no virtual environment for Ansible: run npm test`)
  return join(state, made)
}

/** Starts PostgreSQL, NATS and a runner of this process, with this Ansible. */
export async function startInstall(
  options: { venv?: string; parallel?: number; folder?: string } = {},
): Promise<TestInstall> {
  const platform = await startPlatform()
  const service: Service = await openAnsibleRunner({
    foundation: platform.foundation('ansible-runner'),
    playbooks: options.folder ?? playbooks,
    venv: options.venv ?? ansible(),
    parallel: options.parallel ?? 4,
    keptDays: 90,
    runAs: await ownerOf('slipway'),
  })
  const address = service.addresses.rpc ?? ''
  const to = { service: 'ansible-runner', address } as const
  const client = await platform.client<RunServiceServer>(RunServiceService, { ...to, as: 'cluster-manager' })
  const gateway = await platform.client<RunServiceServer>(RunServiceService, { ...to, as: 'api-gateway' })
  const { key, publicKeys } = await readMaterial('cluster-manager', platform.foundation('cluster-manager'))
  const keys: PublicKeys = publicKeys
  const ended = async (id: string) => {
    for (;;) {
      const run = await client.waitRun({ project, id })
      if (run.endedAt) return run
    }
  }
  return {
    platform,
    client,
    gateway,
    seal: (text, object, field) => seal(keys, 'ansible-runner', text, { project, object, field }),
    open: (sealed, object, field) => open(key, sealed, { project, object, field }),
    play: async (request) => ended((await client.startRun(request)).id),
    ended,
    stop: async () => {
      await service.stop()
      await platform.stop()
    },
  }
}
