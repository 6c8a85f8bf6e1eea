import { join } from 'node:path'
import { provision } from '@slipway/database'
import {
  type KeptServer,
  keepRunning,
  type NatsServer,
  type PostgresServer,
  startNats,
  startPostgres,
} from '@slipway/embedded'
import { unavailable } from '@slipway/errors'
import {
  databaseRoles,
  environmentOf,
  type Install,
  keepCertificates,
  type ServiceName,
} from '@slipway/install'
import { closing, readTls, type Service } from '@slipway/service'
import { createLog } from '@slipway/telemetry'
import type { Settings } from '../config.ts'
import { ensureInstall } from './install.ts'
import { keepPorts, portOf } from './ports.ts'

/** The all-in-one as it runs. */
export type AllInOne = {
  install: Install
  rest: string
  grpc: string
  nats: string
  repo: string
  /** Processes beside this one, as they are now. */
  processes: () => { name: string; pid: number }[]
  /** Tells when one of them has ended by itself and was started again. */
  onMoved: (tell: () => void) => void
  stop: () => Promise<void>
}

/**
 * Starts all services in this process, with an embedded PostgreSQL and NATS unless settings name others.
 * Ports that were picked are kept in the data folder: nodes and kubeconfigs remember them.
 */
export async function startAllInOne(settings: Settings): Promise<AllInOne> {
  const log = createLog('slipway', settings.SLIPWAY_LOG_LEVEL)
  const opened = closing(log)
  try {
    const address = settings.SLIPWAY_ADDRESS
    const dir = settings.SLIPWAY_DATA_DIR
    const install = await ensureInstall(settings)
    opened.add('certificates', keepCertificates(install.certificates, { log, now: Date.now }))
    const listen = await keepPorts(join(dir, 'ports.json'), settings)
    const kept = new Map<string, KeptServer>()
    let moved = () => {}
    const databaseUrl = settings.SLIPWAY_DATABASE_URL ?? (await embeddedPostgres())
    const natsUrl = settings.SLIPWAY_NATS_URL ?? (await embeddedNats())
    await provision(databaseUrl, databaseRoles(install))

    const repoProxy = await service('repo-proxy', {
      SLIPWAY_REPO_LISTEN: listen.repo,
      SLIPWAY_REPO_DIR: join(dir, 'repo'),
      SLIPWAY_REPO_NAME: 'repo.slipway.internal',
      SLIPWAY_REPO_ADDRESSES: address,
    })
    const ansibleRunner = await service('ansible-runner', {
      SLIPWAY_ANSIBLE_PLAYBOOKS: settings.SLIPWAY_ANSIBLE_PLAYBOOKS,
      SLIPWAY_ANSIBLE_VENV: settings.SLIPWAY_ANSIBLE_VENV,
      ...(settings.SLIPWAY_RUN_DAYS ? { SLIPWAY_RUN_DAYS: settings.SLIPWAY_RUN_DAYS } : {}),
    })
    const clusterManager = await service('cluster-manager', {
      SLIPWAY_ANSIBLE_RUNNER: ansibleRunner.addresses.rpc ?? '',
      SLIPWAY_REPO_PROXY: repoProxy.addresses.rpc ?? '',
      SLIPWAY_RELEASES: settings.SLIPWAY_RELEASES,
      SLIPWAY_LOOPBACK_HOSTS: String(settings.SLIPWAY_LOOPBACK_HOSTS),
      ...(settings.SLIPWAY_HOST_PROFILES ? { SLIPWAY_HOST_PROFILES: settings.SLIPWAY_HOST_PROFILES } : {}),
    })
    const gateway = await service('api-gateway', {
      SLIPWAY_REST_LISTEN: listen.rest,
      SLIPWAY_GRPC_LISTEN: listen.grpc,
      SLIPWAY_CLUSTER_MANAGER: clusterManager.addresses.rpc ?? '',
      SLIPWAY_ANSIBLE_RUNNER: ansibleRunner.addresses.rpc ?? '',
      SLIPWAY_REPO_PROXY: repoProxy.addresses.rpc ?? '',
      SLIPWAY_NATS_ACCOUNT_SEED: install.natsAccountSeedFile,
      SLIPWAY_NATS_PUBLIC_URL: natsUrl,
      SLIPWAY_ENROLMENT_FILE: join(dir, 'first-administrator'),
      SLIPWAY_CONSOLE_DIR: settings.SLIPWAY_CONSOLE_DIR,
      SLIPWAY_INSTALL_DIR: dir,
    })
    return {
      install,
      rest: gateway.addresses.rest ?? '',
      grpc: gateway.addresses.grpc ?? '',
      nats: natsUrl,
      repo: `https://${address}:${portOf(listen.repo)}`,
      processes: () => [...kept].map(([name, server]) => ({ name, pid: server.pid() })),
      onMoved: (tell) => {
        moved = tell
      },
      stop: opened.close,
    }

    async function embeddedPostgres(): Promise<string> {
      const begin = () =>
        startPostgres({
          dir: join(dir, 'postgres'),
          password: install.postgresPassword,
          port: portOf(listen.postgres),
        })
      return keep('postgres', begin)
    }

    async function embeddedNats(): Promise<string> {
      const program = settings.SLIPWAY_NATS_SERVER ?? join(settings.SLIPWAY_CACHE, 'bin/nats-server')
      const tls = await readTls(install.natsTls, { log })
      const begin = () =>
        startNats({
          program,
          dir: join(dir, 'nats'),
          settings: install.natsSettings,
          address: listen.nats.slice(0, listen.nats.lastIndexOf(':')),
          port: portOf(listen.nats),
          tls,
        })
      return keep('nats', begin)
    }

    async function keep(name: string, begin: () => Promise<PostgresServer | NatsServer>): Promise<string> {
      const first = await begin()
      const server = keepRunning(first, { name, begin, onStarted: () => moved(), log })
      kept.set(name, server)
      opened.add(name, server.stop)
      return first.url
    }

    async function service(name: ServiceName, more: Record<string, string>): Promise<Service> {
      const at = { databaseUrl, natsUrl, logLevel: settings.SLIPWAY_LOG_LEVEL, otlp: settings.SLIPWAY_OTLP }
      const environment = { ...environmentOf(install, name, at), ...more }
      const started = await openers[name](environment).catch((cause: unknown) => {
        const said = cause instanceof Error ? cause.message : String(cause)
        throw unavailable(
          name,
          `${name} did not start: ${said}`,
          'Read the words above, mend it, start again.',
          cause,
        )
      })
      opened.add(name, started.stop)
      return started
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

type Environment = Record<string, string>

/** How each service is opened; imported here so that its code is loaded only where it runs. */
export const openers: Record<ServiceName, (environment: Environment) => Promise<Service>> = {
  'repo-proxy': async (environment) => {
    const [{ openRepoProxy }, { readRepoProxyConfig }] = await Promise.all([
      import('@slipway/repo-proxy/service'),
      import('@slipway/repo-proxy/config'),
    ])
    return openRepoProxy(readRepoProxyConfig(environment))
  },
  'ansible-runner': async (environment) => {
    const [{ openAnsibleRunner }, { readAnsibleRunnerConfig }] = await Promise.all([
      import('@slipway/ansible-runner/service'),
      import('@slipway/ansible-runner/config'),
    ])
    return openAnsibleRunner(readAnsibleRunnerConfig(environment))
  },
  'cluster-manager': async (environment) => {
    const [{ openClusterManager }, { readClusterManagerConfig }] = await Promise.all([
      import('@slipway/cluster-manager/service'),
      import('@slipway/cluster-manager/config'),
    ])
    return openClusterManager(readClusterManagerConfig(environment))
  },
  'api-gateway': async (environment) => {
    const [{ openApiGateway }, { readApiGatewayConfig }] = await Promise.all([
      import('@slipway/api-gateway/service'),
      import('@slipway/api-gateway/config'),
    ])
    return openApiGateway(readApiGatewayConfig(environment))
  },
}
