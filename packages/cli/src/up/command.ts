import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Settings } from '../config.ts'
import { startAllInOne } from './up.ts'

/** `slipway up`: runs until it is interrupted. What runs is written to `<data folder>/running.json`. */
export async function up(settings: Settings): Promise<void> {
  const began = performance.now()
  const running = await startAllInOne(settings)
  const facts = () => ({
    console: running.rest,
    rest: running.rest,
    openapi: `${running.rest}/api/v1/openapi.json`,
    grpc: running.grpc,
    nats: running.nats,
    repo: running.repo,
    caFile: running.install.caFile,
    processes: [{ name: 'slipway', pid: process.pid }, ...running.processes()],
  })
  const file = join(settings.SLIPWAY_DATA_DIR, 'running.json')
  async function note(): Promise<void> {
    await writeFile(`${file}.new`, `${JSON.stringify(facts(), null, 2)}\n`)
    await rename(`${file}.new`, file)
  }
  await note()
  running.onMoved(() => void noteSurely(note))
  const { rest, openapi, grpc, nats, caFile } = facts()
  process.stdout.write(
    [
      `Slipway is ready after ${((performance.now() - began) / 1000).toFixed(1)} s.`,
      `  Web    ${rest}${await firstStart(settings, rest)}`,
      `  REST   ${rest}/api/v1   (OpenAPI ${openapi})`,
      `  gRPC   ${grpc}`,
      `  NATS   ${nats}`,
      `  CA     ${caFile}`,
      `The root key is ${running.install.rootKeyFile}: back it up, no secret opens without it.`,
      '',
    ].join('\n'),
  )
  const stop = () => void running.stop().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

const AGAIN_MS = 2_000

/** Tries until it is written: what ended a server may have been a full disk, which holds this file too. */
async function noteSurely(note: () => Promise<void>): Promise<void> {
  const written = () =>
    note().then(
      () => true,
      () => false,
    )
  while (!(await written())) await pause(AGAIN_MS, undefined, { ref: false })
}

/** The link with which the first administrator chooses a password, while nobody did. The code stands behind the #: browsers send that nowhere. */
async function firstStart({ SLIPWAY_DATA_DIR: dir }: Settings, rest: string): Promise<string> {
  const code = await readFile(join(dir, 'first-administrator'), 'utf8').catch(() => '')
  return code && `   first administrator, once: ${rest}/first-start#first=${code.trim()}`
}
