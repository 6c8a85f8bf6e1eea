import { join } from 'node:path'
import { checkRoom, migrate, openDatabase } from '@slipway/database'
import { held, readiness, selfService } from '@slipway/health'
import { serve } from '@slipway/rpc'
import { closing, readMaterial, type Service, tellableSettings } from '@slipway/service'
import { createLog, startTracing } from '@slipway/telemetry'
import { openAptSigner } from './apt/sign.ts'
import type { RepoProxyConfig } from './config.ts'
import { PrismaClient } from './gen/prisma/client.ts'
import { answerBy } from './http/handle.ts'
import { serveHttps } from './http/serve.ts'
import { cleanUploads } from './image/clean-uploads.ts'
import type { Repo } from './repo.ts'
import { routes } from './routes.ts'
import { repoService } from './rpc.ts'

const NAME = 'repo-proxy'
const SCHEMA = 'repo_proxy'

/** Starts repo-proxy: its gRPC service and the HTTPS server from which nodes download. */
export async function openRepoProxy(config: RepoProxyConfig, now = () => new Date()): Promise<Service> {
  const { foundation, dir, listen } = config
  const log = createLog(NAME, foundation.logLevel)
  const opened = closing(log)
  try {
    opened.add('tracing', await startTracing(NAME, foundation.otlp, log))
    const { tls, key, publicKeys } = await readMaterial(NAME, foundation)
    const migrations = join(import.meta.dirname, '../prisma/migrations')
    await migrate({ url: foundation.databaseUrl, schema: SCHEMA, folder: migrations })
    const database = openDatabase(PrismaClient, { url: foundation.databaseUrl, schema: SCHEMA })
    opened.add('database', () => database.$disconnect())

    const aptSigner = await openAptSigner({ database, key, publicKeys, now })
    const repo: Repo = { database, dir, aptSigner, now, log }
    await cleanUploads(repo)

    const handle = answerBy(routes, repo, config.name)
    const https = await serveHttps({ listen, tls, handle })
    opened.add('https', https.stop)

    const { host, port } = https
    const reach = { host, port, name: config.name, addresses: config.addresses, ca: tls.ca }
    const ready = readiness([held(() => checkRoom(foundation.databaseUrl), now)])
    const settings = {
      ...tellableSettings(foundation),
      SLIPWAY_REPO_LISTEN: listen,
      SLIPWAY_REPO_NAME: config.name,
      SLIPWAY_REPO_ADDRESSES: config.addresses.join(','),
    }
    const self = selfService({ name: NAME, tls, ready, startedAt: now(), settings })
    const rpc = await serve({
      listen: foundation.rpcListen,
      tls,
      services: [repoService(repo, publicKeys, reach), self],
      log,
    })
    opened.add('rpc', rpc.stop)
    const addresses = { rpc: rpc.address, repo: `${host}:${port}` }
    log.info({ addresses }, 'repo-proxy is ready')
    return { name: NAME, addresses, stop: opened.close }
  } catch (error) {
    await opened.close()
    throw error
  }
}
