import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Platform, startPlatform } from '@slipway/testing'
import pg from 'pg'
import type { GatewayConfig } from '../src/config.ts'
import { openApiGateway } from '../src/service.ts'
import { startBehind } from './behind.ts'
import { restClient } from './rest-client.ts'

/** A gateway on a platform of its own, with real gRPC servers in the place of the services behind it. */
export type Gateway = Awaited<ReturnType<typeof startGateway>>

/** Starts it, and enrols the first administrator. `change` says what is other than usual about its configuration, `wish` of its platform. */
export async function startGateway(
  change: (usual: GatewayConfig, platform: Platform) => GatewayConfig | Promise<GatewayConfig> = (usual) =>
    usual,
  wish: Parameters<typeof startPlatform>[0] = {},
) {
  const platform = await startPlatform(wish)
  const behind = await startBehind(platform)
  const usual: GatewayConfig = {
    foundation: platform.foundation('api-gateway'),
    restListen: '127.0.0.1:0',
    grpcListen: '127.0.0.1:0',
    upstreams: behind.addresses,
    natsPublicUrl: platform.natsUrl,
    natsAccountSeedFile: platform.install.natsAccountSeedFile,
    consoleDir: undefined,
    installDir: platform.dir,
    enrolmentFile: join(platform.dir, 'first-administrator'),
    rates: { principal: 5_000, source: 10_000, signIns: 10_000, refusals: 6_000 },
    stalledMs: 60_000,
  }
  const config = await change(usual, platform)
  const gateway = await openApiGateway(config)
  const { ca } = await platform.tlsOf('api-gateway')
  const rest = restClient(gateway.addresses.rest ?? '', ca)
  const code = (await readFile(config.enrolmentFile, 'utf8')).trim()
  const { secret: admin } = (await rest('POST', '/enrolments', { body: { code } })).json

  /** A person with a token, member of projects as said. */
  async function person(name: string, roles: Record<string, 'operator' | 'viewer'> = {}) {
    const made = await rest('POST', '/users', { token: admin, body: { name } })
    const { user, enrolmentCode } = made.json
    const enrolled = await rest('POST', '/enrolments', { body: { code: enrolmentCode } })
    for (const [project, role] of Object.entries(roles)) {
      await rest('PUT', `/projects/${project}/members/${user.id}`, { token: admin, body: { role } })
    }
    return { id: user.id as string, token: enrolled.json.secret as string }
  }

  async function sql(text: string) {
    const client = new pg.Client({ connectionString: config.foundation.databaseUrl })
    await client.connect()
    const { rows } = await client.query(text).finally(() => client.end())
    return rows
  }

  return {
    platform,
    behind,
    config,
    gateway,
    grpc: gateway.addresses.grpc ?? '',
    ca,
    rest,
    code,
    /** The first administrator's token. */
    admin: admin as string,
    person,
    /** What its own database holds. */
    sql,
    project: async (name: string): Promise<string> =>
      (await rest('POST', '/projects', { token: admin, body: { name } })).json.id,
    stop: async () => {
      await gateway.stop()
      await behind.stop()
      await platform.stop()
    },
  }
}
