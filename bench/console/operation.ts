// `node bench/console/operation.ts [seconds]`: the page of a live operation in real Chromium while its hosts print 20,000 lines a
// second for 250 s, five million lines: an hour of a busy one. Simulated hosts print; all between them and the pixels is real.
// Targets: interaction to next paint p95 < 100 ms, line printed → pixel changed p95 < 500 ms, memory of the tab < 300 MB.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { callApi } from '@slipway/cli/api'
import { signIn } from '@slipway/console/browser'
import { startFleetSite } from '@slipway/console/fleet-site'
import { troubleFleet } from '@slipway/fleet'
import type { Page } from 'playwright-core'
import { percentile, rssMib } from '../numbers.ts'

const RATE = 20_000
const { positionals } = parseArgs({ allowPositionals: true })
const seconds = Number(positionals[0] ?? 250)
const say = (line: string) => process.stdout.write(`${line}\n`)

const site = await startFleetSite({ pace: 0.02, hosts: 2 })
try {
  await site.person('captain', 'seven blue anchors', { administrator: true })
  const fail = { task: 'End', message: 'the flood is over' }
  await troubleFleet(site.fleet, { 'preflight.yml': { flood: { rate: RATE, seconds }, fail } })
  const tab = await site.browser.open()
  const { page } = tab
  const id = await site.create('flood', site.hosts)
  await signIn(tab, 'captain', 'seven blue anchors', `/projects/${site.project}/operations/${id}`)
  const pid = await rendererOf()
  await page.locator('.log .log-line.line').first().waitFor()
  await watchPixels(page)

  const memory = [await privateMib(pid)]
  const begun = Date.now()
  let interactions = 0
  while ((await stateOf(id)) === 'running') {
    interactions += await interact(page)
    memory.push(await privateMib(pid))
  }
  const took = (Date.now() - begun) / 1000
  await page.locator('.cause').waitFor()
  memory.push(await privateMib(pid))
  const { delays, durations } = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen)
  // What took less than the browser reports took at most as long as that.
  const paints = [...durations, ...Array(Math.max(0, interactions - durations.length)).fill(16)]
  const shown = await page.locator('.log .log-line').last().getAttribute('data-line')

  say(
    `${RATE * seconds} lines printed in ${took.toFixed(0)} s (planned ${seconds} s), the last one shown is number ${shown}`,
  )
  say(
    `interaction to next paint: p50 ${percentile(paints, 0.5).toFixed(0)} ms, p95 ${percentile(paints, 0.95).toFixed(0)} ms of ${paints.length} (target p95 < 100 ms)`,
  )
  say(
    `line printed → pixel changed, the oldest of each frame: p50 ${percentile(delays, 0.5).toFixed(0)} ms, p95 ${percentile(delays, 0.95).toFixed(0)} ms of ${delays.length} frames (target p95 < 500 ms)`,
  )
  const spread = memory.filter(
    (_, at) => at % Math.ceil(memory.length / 20) === 0 || at === memory.length - 1,
  )
  say(
    `private memory of the tab while it went on: ${spread.map((mib) => mib.toFixed(0)).join(' ')} MiB, RSS at the end ${(await rssMib(pid)).toFixed(0)} MiB (target < 300 MB)`,
  )
} finally {
  await site.stop()
}
process.exit()

type Seen = { delays: number[]; durations: number[] }

async function stateOf(id: string): Promise<string> {
  const asked = { project: site.project, id }
  const { state } = await callApi(site.to, 'slipway.operation.v1.OperationService/GetOperation', asked)
  return state === 'planned' ? 'running' : state
}

/** What a person does who looks at it: scrolls up, chooses a line, follows again, changes how the steps are drawn. Answers how often. */
async function interact(page: Page): Promise<number> {
  const log = page.locator('.log')
  await log.hover()
  await page.mouse.wheel(0, -400)
  await page.locator('.log .log-line.line').nth(3).click()
  await page.keyboard.press('ArrowDown')
  await page.getByLabel('Follow').click()
  for (const view of ['Graph', 'Hosts', 'Timeline'])
    await page.locator('.ant-segmented').getByText(view, { exact: true }).click()
  await page.waitForTimeout(1_000)
  return 6
}

/** Notes in the page how old the oldest line of each new frame is, and how long each interaction took to be painted. */
async function watchPixels(page: Page): Promise<void> {
  await page.locator('html').evaluate((html) => {
    const view = html.ownerDocument.defaultView
    if (!view) return
    const seen: Seen = { delays: [], durations: [] }
    Object.assign(view, { seen })
    const byInteraction = new Map<number, number>()
    new view.PerformanceObserver((list: { getEntries: () => { duration: number }[] }) => {
      for (const entry of list.getEntries()) {
        const id = (entry as unknown as { interactionId?: number }).interactionId
        if (id) byInteraction.set(id, Math.max(byInteraction.get(id) ?? 0, entry.duration))
      }
      seen.durations = [...byInteraction.values()]
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as { type: string })
    let before = 0
    const look = () => {
      const rows = [...html.querySelectorAll('.log .log-line.line .log-text')]
      const isFollowing = html.querySelector('.follow input:checked') !== null
      const printed = Math.max(0, ...rows.map((row) => Number(row.textContent?.split(' ').at(-1)) / 1000))
      if (!isFollowing) before = 0
      else if (printed > before) {
        if (before > 0) seen.delays.push(Date.now() - before)
        before = printed
      }
      // After the frame that was just drawn is on its way to the screen.
      view.requestAnimationFrame(() => view.setTimeout(look))
    }
    look()
  })
}

/** The process that draws the tab, and runs its workers. */
async function rendererOf(): Promise<number> {
  const browser = await site.browser.session()
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  const sizes = await Promise.all(renderers.map(async (id) => ({ id, size: await privateMib(id) })))
  return sizes.toSorted((one, other) => other.size - one.size)[0]?.id ?? 0
}

/** What the browser's own task manager shows: memory that goes when the process goes. */
async function privateMib(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kib = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)].map(([, size]) => Number(size))
  return kib.reduce((sum, size) => sum + size, 0) / 1024
}
