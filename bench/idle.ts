// `node bench/idle.ts`: how much memory the all-in-one's Node process holds when idle, and how long a warm start takes.
// Targets: < 350 MB, < 5 s.
import { mkdtemp, rm } from 'node:fs/promises'
import { readSettings } from '@slipway/cli/config'
import { endPlatform, ensurePlatform, placeIn } from '@slipway/cli/demo'
import { rssMib } from './numbers.ts'

const IDLE_MS = 20_000
const dir = await mkdtemp('/var/lib/slipway/bench-')
const place = placeIn(dir)
try {
  const first = await start()
  await endPlatform(first.pid)
  const began = performance.now()
  const second = await start()
  const seconds = (performance.now() - began) / 1000
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  const mib = await rssMib(second.pid)
  await endPlatform(second.pid)
  process.stdout.write(`warm start to ready: ${seconds.toFixed(1)} s (target < 5 s)\n`)
  process.stdout.write(`idle RSS of the Node process: ${mib.toFixed(0)} MiB (target < 350 MB)\n`)
} finally {
  await rm(dir, { recursive: true, force: true })
}

async function start(): Promise<{ pid: number }> {
  const { processes } = await ensurePlatform(place, readSettings(), '127.0.0.1')
  const slipway = processes.find(({ name }) => name === 'slipway')
  if (!slipway) throw new Error('the all-in-one did not say which process it is')
  return slipway
}
