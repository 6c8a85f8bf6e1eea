// How fast repo-proxy hands out one large blob, as a ratio to nginx serving the very same file, both over TLS.
// `node bench/repo-throughput.ts [rounds]`; needs nginx (Debian's nginx-light) and curl. Target: 0.8 with 1 and 16 clients.
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type RepoServiceServer, RepoServiceService } from '@slipway/contracts/repo/v1/repo_service'
import { freePort } from '@slipway/embedded'
import { run, start, stop } from '@slipway/process'
import { type Platform, startPlatform } from '@slipway/testing'

const MIB = 1024 * 1024
const FILE_MIB = 512
const TARGET = 0.8
const rounds = Number(process.argv[2] ?? 5)

type Server = { name: string; url: string; stop: () => Promise<unknown> }

const platform = await startPlatform()
const servers: Server[] = []
try {
  const source = await randomFile(join(platform.dir, 'blob'))
  const repo = await startRepoProxy(platform)
  servers.push(repo)
  const curlrc = join(platform.dir, 'curlrc')
  await writeFile(
    curlrc,
    `cacert = "${platform.install.caFile}"\nheader = "Authorization: Bearer ${repo.token}"\n`,
    { mode: 0o600 },
  )
  await upload(`${repo.url}/raw/blob`, source, curlrc)
  // The stored file itself: one inode, one place in the page cache.
  const stored = join(repo.dir, 'blobs/sha256', source.sha256.slice(0, 2), source.sha256)
  const nginx = await startNginx(platform, stored)
  servers.push(nginx)
  const urls = { repo: `${repo.url}/raw/blob`, nginx: `${nginx.url}/blob` }
  await download(urls.repo, curlrc)
  await download(urls.nginx, curlrc)
  for (const clients of [1, 16]) await compare(clients, urls, curlrc)
} finally {
  for (const server of servers.reverse()) await server.stop()
  await platform.stop()
}

/** Rounds of both, one right after the other, as the machine's mood changes; the median of their ratios counts. */
async function compare(clients: number, urls: { repo: string; nginx: string }, curlrc: string) {
  const rows: { repo: number; nginx: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? (['nginx', 'repo'] as const) : (['repo', 'nginx'] as const)
    const speed = { repo: 0, nginx: 0 }
    for (const name of order) speed[name] = await throughput(clients, urls[name], curlrc)
    rows.push(speed)
  }
  const ratio = median(rows.map(({ repo, nginx }) => repo / nginx))
  const speeds = (name: 'repo' | 'nginx') => `${Math.round(median(rows.map((row) => row[name])))} MiB/s`
  process.stdout.write(
    `${clients} clients: repo-proxy ${speeds('repo')}, nginx ${speeds('nginx')}, ` +
      `ratio ${ratio.toFixed(2)} (target ${TARGET}, ${ratio >= TARGET ? 'reached' : 'missed'}; ` +
      `rounds ${rows.map(({ repo, nginx }) => (repo / nginx).toFixed(2)).join(' ')})\n`,
  )
}

/** MiB/s over all clients together. */
async function throughput(clients: number, url: string, curlrc: string): Promise<number> {
  const begun = performance.now()
  await Promise.all(Array.from({ length: clients }, () => download(url, curlrc)))
  return (clients * FILE_MIB * 1000) / (performance.now() - begun)
}

async function download(url: string, curlrc: string): Promise<void> {
  const argv = ['curl', '--config', curlrc, '--silent', '--fail', '--output', '/dev/null']
  const { stdout } = await run([...argv, '--write-out', '%{size_download}', url])
  if (Number(stdout) !== FILE_MIB * MIB) throw new Error(`${url} answered ${stdout} bytes`)
}

/** Started as it runs alone, so that the clients of this program don't share its thread. */
async function startRepoProxy({ dir, foundation, client }: Platform) {
  const { files, nats, databaseUrl } = foundation('repo-proxy')
  const repoDir = join(dir, 'repo')
  const env = {
    SLIPWAY_DATABASE_URL: databaseUrl,
    SLIPWAY_NATS_URL: nats.url,
    SLIPWAY_NATS_CREDS: nats.credsFile,
    SLIPWAY_CA: files.ca,
    SLIPWAY_CERT: files.cert,
    SLIPWAY_KEY: files.key,
    SLIPWAY_SEED: files.seed,
    SLIPWAY_PUBLIC_KEYS: files.publicKeys,
    SLIPWAY_LOG_LEVEL: 'warn',
    SLIPWAY_REPO_DIR: repoDir,
  }
  const ready = Promise.withResolvers<{ rpc: string; repo: string }>()
  const main = join(import.meta.dirname, '../services/repo-proxy/src/main.ts')
  const child = start([process.execPath, main], {
    env,
    onLine: (line, stream) =>
      stream === 'stdout' ? ready.resolve(JSON.parse(line).addresses) : process.stderr.write(`${line}\n`),
  })
  child.ended.then(() => ready.reject(new Error('repo-proxy did not start')))
  const addresses = await ready.promise
  const rpc = await client<RepoServiceServer>(RepoServiceService, {
    service: 'repo-proxy',
    address: addresses.rpc,
    as: 'api-gateway',
  })
  const { token } = await rpc.createPushToken({ expiresInMinutes: 60 })
  return {
    name: 'repo-proxy',
    url: `https://${addresses.repo}`,
    dir: repoDir,
    token,
    stop: () => stop(child),
  }
}

/** nginx as one would set it up to serve large files: a worker per core, sendfile, its own TLS defaults. */
async function startNginx({ dir, foundation }: Platform, file: string): Promise<Server> {
  const { cert, key } = foundation('repo-proxy').files
  const port = await freePort()
  const home = join(dir, 'nginx')
  await mkdir(home)
  const settings = `
    daemon off; pid ${home}/pid; error_log ${home}/error.log; worker_processes auto;
    events { worker_connections 256; }
    http {
      access_log off; sendfile on; tcp_nopush on;
      server {
        listen 127.0.0.1:${port} ssl; ssl_certificate ${cert}; ssl_certificate_key ${key};
        location = /blob { alias ${file}; }
      }
    }`
  await writeFile(join(home, 'nginx.conf'), settings)
  const child = start(['nginx', '-p', home, '-c', join(home, 'nginx.conf')])
  const url = `https://127.0.0.1:${port}`
  const retry = ['--retry', '50', '--retry-delay', '0', '--retry-connrefused', '--retry-max-time', '10']
  const ca = foundation('repo-proxy').files.ca
  await run([
    'curl',
    '--silent',
    '--cacert',
    ca,
    ...retry,
    '--range',
    '0-0',
    '--output',
    '/dev/null',
    `${url}/blob`,
  ])
  return { name: 'nginx', url, stop: () => stop(child) }
}

async function randomFile(path: string): Promise<{ path: string; sha256: string }> {
  const hash = createHash('sha256')
  const handle = await open(path, 'w')
  const block = randomBytes(16 * MIB)
  for (let written = 0; written < FILE_MIB; written += 16) {
    block.writeUInt32LE(written, 0)
    hash.update(block)
    await handle.write(block)
  }
  await handle.close()
  return { path, sha256: hash.digest('hex') }
}

async function upload(url: string, { path, sha256 }: { path: string; sha256: string }, curlrc: string) {
  const argv = ['curl', '--config', curlrc, '--silent', '--show-error', '--fail', '--upload-file', path]
  await run([...argv, '--header', `x-slipway-sha256: ${sha256}`, url])
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
