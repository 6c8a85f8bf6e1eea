import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readSettings } from '@slipway/cli/config'
import { fetchArtifacts } from '@slipway/cli/demo'
import { labDown, labUp, readLabConfig } from '@slipway/lab'
import {
  clear,
  type Draw,
  draw,
  type Ground,
  openSite,
  type Played,
  play,
  type SiteKind,
} from '@slipway/stories/chaos'

/**
 * Faults by seed on real hosts: `node bench/chaos/main.ts --seeds 20` draws for each seed what is asked for, what dies and
 * when, plays it, and prints what of the operation, its effects, events, output and remains is not as it should be.
 * `--only 4,9` plays some, `--from 21` others, `--dry` only prints the draws, `--logs FOLDER` keeps what the services log.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    only: { type: 'string' },
    lab: { type: 'string', default: 'chaos' },
    cut: { type: 'string', default: '60' },
    logs: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
})

const names = ['h-1', 'h-2', 'h-3']
const from = Number(values.from)
const seeds = values.only
  ? values.only.split(',').map(Number)
  : Array.from({ length: Number(values.seeds) }, (_, index) => from + index)

if (values.dry) for (const seed of seeds) process.stdout.write(`${words(draw(seed)).join('  ')}\n`)
else process.exitCode = (await playAll()) === 0 ? 0 : 1

/** Plays the seeds on three hosts, those that strike an all-in-one last; answers how many found something wrong. */
async function playAll(): Promise<number> {
  const settings = readSettings()
  const signal = new AbortController().signal
  const dir = await mkdtemp('/var/lib/slipway/chaos-')
  const lab = { name: values.lab, dir: join(dir, 'lab') }
  if (values.logs) await mkdir(values.logs, { recursive: true })
  let wrong = 0
  try {
    const { kubernetes: version } = await fetchArtifacts(settings, signal, () => {})
    const wishes = names.map((name) => ({ name, user: 'ops' }))
    const up = { ...readLabConfig(), ...lab, cacheDir: settings.SLIPWAY_CACHE, hosts: wishes, signal }
    const { gateway, hosts } = await labUp(up)
    const ground = { dir, lab: { ...lab, gateway }, hosts, version }
    for (const as of ['separate', 'all-in-one'] as const) {
      const draws = seeds
        .map(draw)
        .filter(({ target }) => (target === 'all-in-one') === (as === 'all-in-one'))
      if (draws.length > 0) wrong += await playOn(ground, as, draws)
    }
  } finally {
    await labDown({ ...lab, force: true })
    await rm(dir, { recursive: true, force: true })
  }
  process.stdout.write(`${seeds.length - wrong} of ${seeds.length} seeds are as they should be\n`)
  return wrong
}

/** Plays draws on one Slipway, which leaves the hosts as it found them. */
async function playOn(ground: Ground, as: SiteKind, draws: readonly Draw[]): Promise<number> {
  const { logs, cut } = values
  const site = await openSite(ground, { as, hosts: names, ...(logs ? { logs } : {}) })
  let wrong = 0
  try {
    for (const drawn of draws) {
      const played = await play(site, drawn, { cutMs: Number(cut) * 1_000 }).catch((error) =>
        broken(drawn, error),
      )
      wrong += played.problems.length > 0 ? 1 : 0
      show(played)
    }
    await clear(site)
  } finally {
    await site.close()
  }
  return wrong
}

function show({ draw: drawn, result, seconds, recoverySeconds, problems }: Played): void {
  const recovery = recoverySeconds === undefined ? '-' : recoverySeconds.toFixed(1)
  process.stdout.write(
    `${[...words(drawn), result, `${seconds.toFixed(1)} s`, `recovered in ${recovery} s`].join('  ')}\n`,
  )
  for (const problem of problems) process.stdout.write(`      ! ${problem}\n`)
}

function words({ seed, operation, target, which, moment, downMs }: Draw): string[] {
  const down =
    target === 'host-network' || target === 'ansible-playbook'
      ? ''
      : `, down ${(downMs / 1_000).toFixed(1)} s`
  const when = `${moment.after} + ${(moment.delayMs / 1_000).toFixed(1)} s${down}`
  return [`${seed}`.padStart(4), operation.padEnd(14), `${target} ${which}`.padEnd(18), when.padEnd(40)]
}

function broken(drawn: Draw, error: unknown): Played {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { draw: drawn, result: 'broke', seconds: 0, recoverySeconds: undefined, problems: [said] }
}
