#!/usr/bin/env node
// Stands in for Prisma's native schema-engine: same stdio JSON-RPC, but runs
// the engine's own WebAssembly build (npm: @prisma/schema-engine-wasm) over @prisma/adapter-pg.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const argv = process.argv.slice(2)
const opt = (name) => argv.flatMap((a, i) => (a === name ? [argv[i + 1]] : []))
const log = (level, fields) =>
  process.stderr.write(
    JSON.stringify({ timestamp: new Date().toISOString(), level, fields, target: 'schema_engine::logger' }) +
      '\n',
  )

if (argv.includes('--version') || argv.includes('-V')) {
  process.stdout.write('schema-engine-cli 0edf323efd1d98336f3f0a68684b56f689b900d3\n')
  process.exit(0)
}

const ds = JSON.parse(opt('--datasource')[0] ?? '{}')
// pg reads ?schema= as an unknown startup option: drop Prisma-only parameters
const pgUrl = (u) => {
  const x = new URL(u)
  for (const p of ['schema', 'connection_limit', 'pool_timeout', 'pgbouncer']) x.searchParams.delete(p)
  return x.toString()
}

async function cli(cmd) {
  const { default: pg } = await import('pg')
  const url = new URL(pgUrl(ds.url))
  const db = decodeURIComponent(url.pathname.slice(1))
  const withClient = async (u, f) => {
    const c = new pg.Client({ connectionString: u.toString() })
    await c.connect()
    try {
      return await f(c)
    } finally {
      await c.end()
    }
  }
  const admin = new URL(url)
  admin.pathname = '/postgres'
  log('INFO', { message: 'Starting schema engine CLI' })
  try {
    if (cmd === 'can-connect-to-database') await withClient(url, (c) => c.query('select 1'))
    else if (cmd === 'create-database')
      await withClient(admin, (c) => c.query(`create database "${db.replaceAll('"', '""')}"`))
    else if (cmd === 'drop-database') {
      await withClient(admin, (c) =>
        c.query(`drop database if exists "${db.replaceAll('"', '""')}" with (force)`),
      )
      log('INFO', { message: 'The database was successfully dropped.' })
    } else throw new Error(`unknown cli command ${cmd}`)
  } catch (e) {
    const code =
      e.code === '3D000'
        ? 'P1003'
        : e.code === '28P01'
          ? 'P1000'
          : e.code === '28000'
            ? 'P1010'
            : ['ECONNREFUSED', 'ENOTFOUND'].includes(e.code)
              ? 'P1001'
              : 'P1002'
    log('ERROR', { is_panic: false, error_code: code, message: e.message || String(e.code) })
    process.exit(1)
  }
  process.exit(0)
}

// adapter-pg knows the types of user tables; the engine also reads pg_catalog's.
const TEXT = 25,
  TEXT_ARRAY = 1009,
  CHARACTER = 6
const AS_TEXT = new Map([
  [18, TEXT],
  [24, TEXT],
  [194, TEXT],
  [2205, TEXT],
  [2206, TEXT],
  [4089, TEXT],
  [1002, TEXT_ARRAY],
  [1003, TEXT_ARRAY],
])
function catalogTypes(conn) {
  const chars = new WeakMap()
  const io = conn.performIO.bind(conn),
    raw = conn.queryRaw.bind(conn)
  conn.performIO = async (q) => {
    const r = await io(q)
    chars.set(
      q,
      r.fields.flatMap((f, i) => (f.dataTypeID === 18 ? [i] : [])),
    )
    for (const f of r.fields) f.dataTypeID = AS_TEXT.get(f.dataTypeID) ?? f.dataTypeID
    return r
  }
  conn.queryRaw = async (q) => {
    const r = await raw(q)
    for (const i of chars.get(q) ?? []) r.columnTypes[i] = CHARACTER
    return r
  }
  return conn
}

async function rpc() {
  const bg = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const dir = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    .replace(/[^/]*$/, '')
  const { instance } = await WebAssembly.instantiate(readFileSync(`${dir}schema_engine_bg.wasm`), {
    './schema_engine_bg.js': bg,
  })
  bg.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  const { PrismaPg } = await import('@prisma/adapter-pg')
  const { bindMigrationAwareSqlAdapterFactory } = await import('@prisma/driver-adapter-utils')
  const files = opt('--datamodels').map((p) => [p, readFileSync(p, 'utf8')])
  const { parseIntoClientConfig } = await import('pg-connection-string')
  // Never hand over a connectionString: pg lets it win over the `database` that
  // connectToShadowDb() sets, and the "shadow" would then be the real database.
  const url = ds.url ?? 'postgresql://127.0.0.1/none'
  const schema = new URL(url).searchParams.get('schema') ?? 'public'
  const config = { ...parseIntoClientConfig(pgUrl(url)), options: `-c search_path="${schema}"` }
  const base = new PrismaPg(config, { schema })
  const adapter = bindMigrationAwareSqlAdapterFactory({
    provider: base.provider,
    adapterName: base.adapterName,
    connect: async () => catalogTypes(await base.connect()),
    // adapter-pg 7.10.0 drops its shadow database while its own pool is still in it
    connectToShadowDb: async () => {
      const database = `prisma_migrate_shadow_db_${crypto.randomUUID()}`
      const owner = await base.connect()
      await owner.executeScript(`CREATE DATABASE "${database}"`)
      const shadow = catalogTypes(await new PrismaPg({ ...config, database }, { schema }).connect())
      const end = shadow.dispose.bind(shadow)
      shadow.dispose = async () => {
        await end()
        await owner.executeScript(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`)
        await owner.dispose()
      }
      return shadow
    },
  })
  let engine
  const get = async () =>
    (engine ??= await bg.SchemaEngine.new(
      { datamodels: files.length ? files : undefined },
      () => {},
      adapter,
    ))
  const rename = { getDatabaseVersion: 'version' }
  let chain = Promise.resolve()
  const answer = (o) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...o })}\n`)
  const handle = async ({ id, method, params }) => {
    try {
      if (method === 'createDatabase')
        return answer({ id, result: { databaseName: new URL(ds.url).pathname.slice(1) } })
      const e = await get()
      const r = await e[rename[method] ?? method](params)
      if (method === 'diff' && r?.stdout) await print(r.stdout)
      answer({ id, result: r ?? null })
    } catch (e) {
      answer({
        id,
        error: {
          code: 4466,
          message: 'An error happened. Check the data field for details.',
          data: {
            is_panic: e instanceof WebAssembly.RuntimeError,
            message: e.message ?? String(e),
            error_code: e.code,
            meta: e.meta ?? null,
          },
        },
      })
    }
  }
  let n = 0
  const acks = new Map()
  const print = (content) =>
    new Promise((ok) => {
      const id = `p${++n}`
      acks.set(id, ok)
      process.stdout.write(
        `${JSON.stringify({ jsonrpc: '2.0', id, method: 'print', params: { content } })}\n`,
      )
    })
  const rl = createInterface({ input: process.stdin })
  rl.on('line', (line) => {
    const m = JSON.parse(line)
    if (m.method === undefined) {
      acks.get(m.id)?.()
      acks.delete(m.id)
      return
    }
    chain = chain.then(() => handle(m))
  })
  rl.on('close', () => chain.finally(() => process.exit(0)))
}

const i = argv.indexOf('cli')
i >= 0 ? await cli(argv[i + 1]) : await rpc()
