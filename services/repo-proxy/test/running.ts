import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RepoServiceServer, RepoServiceService } from '@slipway/contracts/repo/v1/repo_service'
import type { Client } from '@slipway/rpc'
import { open } from '@slipway/secrets'
import { readMaterial, type Service } from '@slipway/service'
import { type Platform, startPlatform } from '@slipway/testing'
import { afterAll, beforeAll } from 'vitest'
import { openRepoProxy } from '../src/service.ts'
import { type Ask, askerOf } from './ask.ts'

/** A repo-proxy on a real PostgreSQL, with tokens and a raw HTTPS client. */
export type Running = {
  platform: Platform
  dir: string
  url: string
  rpc: { manager: Client<RepoServiceServer>; gateway: Client<RepoServiceServer> }
  pushToken: string
  /** Asks as who may push. */
  push: Ask
  /** Asks as the holder of a token; undefined sends none. */
  as: (token: string | undefined) => Ask
  /** Makes a pull token and opens it, as ansible-runner would. */
  pullToken: (holder: string, repositories: string[]) => Promise<string>
  /** Moves the clock of the service. */
  later: (ms: number) => void
  /** Stops the service and starts it again on the same rows and folder. */
  restart: () => Promise<void>
  stop: () => Promise<void>
}

/** One for all tests of a file, with its bytes in `dir` or a folder of its own; it is there when the first test begins. */
export function shareRunning(dir?: () => string): Running {
  const running = {} as Running
  beforeAll(async () => {
    await startRunning(running, dir?.())
  })
  afterAll(() => running.stop?.())
  return running
}

async function startRunning(running: Running, dir: string | undefined): Promise<void> {
  const platform = await startPlatform()
  const place = dir ?? (await mkdtemp(join(tmpdir(), 'slipway-repo-')))
  let aheadMs = 0
  let service = await begin()
  Object.assign(running, {
    platform,
    dir: place,
    url: '',
    rpc: await clients(),
    pushToken: '',
    push: (...asked) => running.as(running.pushToken)(...asked),
    as: (token) => askerOf({ url: running.url, caFile: platform.install.caFile, token }),
    pullToken: async (holder, repositories) => {
      const { sealedToken } = await running.rpc.manager.createPullToken({
        project: 'p',
        holder,
        repositories,
      })
      const { key } = await readMaterial('ansible-runner', platform.foundation('ansible-runner'))
      return open(key, sealedToken, { project: 'p', object: holder, field: 'pull_token' })
    },
    later: (ms) => {
      aheadMs += ms
    },
    restart: async () => {
      await service.stop()
      service = await begin()
      running.rpc = await clients()
      running.url = (await running.rpc.gateway.getEndpoint({})).baseUrl
    },
    stop: async () => {
      await service.stop()
      await platform.stop()
      if (!dir) await rm(place, { recursive: true, force: true })
    },
  } satisfies Running)
  running.url = (await running.rpc.gateway.getEndpoint({})).baseUrl
  running.pushToken = (await running.rpc.gateway.createPushToken({ expiresInMinutes: 60 })).token

  function begin(): Promise<Service> {
    const config = {
      foundation: platform.foundation('repo-proxy'),
      listen: '127.0.0.1:0',
      dir: place,
      name: 'repo.slipway.internal',
      addresses: ['127.0.0.1'],
    }
    return openRepoProxy(config, () => new Date(Date.now() + aheadMs))
  }

  async function clients() {
    const to = { service: 'repo-proxy', address: service.addresses.rpc ?? '' } as const
    return {
      manager: await platform.client<RepoServiceServer>(RepoServiceService, { ...to, as: 'cluster-manager' }),
      gateway: await platform.client<RepoServiceServer>(RepoServiceService, { ...to, as: 'api-gateway' }),
    }
  }
}
