import { callApi } from '@slipway/cli/api'
import { troubleFleet } from '@slipway/fleet'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { faultsOf, type Look, looks, openBrowser, settled, signIn, type Tab } from './browser.ts'
import { type FleetSite, startFleetSite } from './fleet-site.ts'
import { openRelay } from './relay.ts'

const PASSWORD = 'seven blue anchors'
const OPERATIONS = 'slipway.operation.v1.OperationService'
const MESSAGE = 'E: Failed to fetch containerd <img src=x onerror="document.title=1">  404  Not Found'
const fail = { task: 'Install containerd', message: MESSAGE, lines: ['<script>document.title=1</script>'] }
let site: FleetSite
/** One that failed, and stays so. */
let failed: string
beforeAll(async () => {
  site = await startFleetSite({ pace: 0.02, hosts: 6 })
  await site.person('captain', PASSWORD, { administrator: true })
  const user = await site.person('lookout', PASSWORD)
  const { to, project } = site
  await callApi(to, 'slipway.project.v1.ProjectService/SetMember', { project, user, role: 'viewer' })
  await troubleFleet(site.fleet, { 'prepare.yml': { fail } })
  failed = await site.create('broken', site.hosts.slice(0, 2))
  await stateBecomes(failed, 'failed')
}, 240_000)
afterAll(() => site?.stop())

const pathOf = (operation: string) => `/projects/${site.project}/operations/${operation}`
const get = (id: string) => callApi(site.to, `${OPERATIONS}/GetOperation`, { project: site.project, id })

async function stateBecomes(id: string, state: string): Promise<void> {
  await vi.waitUntil(async () => (await get(id)).state === state, { timeout: 120_000, interval: 200 })
}

async function open(name: string, path: string, look: Partial<Look> = {}): Promise<Tab> {
  const tab = await site.browser.open(look)
  await signIn(tab, name, PASSWORD, path)
  return tab
}

test('what failed is found from Home, says where and why on top, and goes on by clicks once it is mended', async () => {
  const id = await site.create('mended', site.hosts.slice(2, 4))
  await stateBecomes(id, 'failed')
  const tab = await open('captain', `/projects/${site.project}`)
  const { page } = tab
  await page.getByRole('link', { name: 'Create mended' }).first().click()
  const cause = page.locator('.cause')
  await cause.getByText(MESSAGE).first().waitFor()
  expect(await cause.getByText('node-4').first().isVisible()).toBe(true)
  expect(await cause.getByText('Install containerd').first().isVisible()).toBe(true)
  await page.getByText('<script>document.title=1</script>').first().waitFor()
  expect(await page.title()).toBe('Create mended · Slipway')

  await cause.getByRole('button', { name: 'Show it in the output' }).click()
  const chosen = page.locator('.log .log-line.chosen')
  await expect.poll(() => chosen.textContent()).toContain(MESSAGE)
  const line = new URL(page.url()).searchParams.get('line')
  await page.reload()
  await expect.poll(() => chosen.getAttribute('data-line')).toBe(line)
  await page.goBack()
  expect(new URL(page.url()).searchParams.get('line')).toBe(null)
  await page.goBack()
  expect(new URL(page.url()).pathname).toBe(`/projects/${site.project}`)
  await page.goForward()

  await troubleFleet(site.fleet, {})
  await cause.getByRole('button', { name: 'Resume' }).click()
  const dialogue = page.getByRole('dialog')
  await dialogue.getByText('Prepare the hosts: settings, containerd, kubelet, images').waitFor()
  await dialogue.getByRole('button', { name: 'Go on' }).click()
  await stateBecomes(id, 'succeeded')
  await page.locator('.facts').getByText('Succeeded').waitFor()
  expect(await cause.count()).toBe(0)
  expect(tab.errors).toEqual([])
  await tab.close()
  await troubleFleet(site.fleet, { 'prepare.yml': { fail } })
})

test('a text is found in all lines, a host’s lines are told from others, and a found one is shown where it stands', async () => {
  const tab = await open('captain', pathOf(failed))
  const { page } = tab
  await page.getByLabel('Find in the output').fill('INSTALL containerd')
  await page.getByLabel('Find in the output').press('Enter')
  await page.locator('.log mark').first().waitFor()
  expect(await page.locator('.log mark').first().textContent()).toBe('Install containerd')
  await page.locator('.log .log-line', { hasText: 'Install containerd' }).first().click()
  await page.locator('.log .log-line.chosen').waitFor()
  expect(new URL(page.url()).searchParams.get('step')).toBe('prepare-nodes')

  await page.goto(`${pathOf(failed)}?host=node-2`)
  await page.locator('.log .log-line').first().waitFor()
  const hosts = await page.locator('.log .log-host').allTextContents()
  expect(new Set(hosts)).toEqual(new Set(['node-2']))
  await tab.close()
})

test('what the API refuses is said in the dialogue, with the way out', async () => {
  const id = await site.create('raced', site.hosts.slice(4, 6))
  await stateBecomes(id, 'failed')
  const tab = await open('captain', pathOf(id))
  const { page } = tab
  await page.getByRole('button', { name: 'Undo' }).click()
  const dialogue = page.getByRole('dialog')
  await dialogue.getByText('Take the pull token away').waitFor()
  await callApi(site.to, `${OPERATIONS}/UndoOperation`, { project: site.project, id })
  await stateBecomes(id, 'undone')
  await dialogue.getByRole('button', { name: 'Take it back' }).click()
  await dialogue.getByRole('alert').getByText('is undone').waitFor()
  await tab.close()
})

test('a viewer sees everything and is offered nothing that the API would refuse', async () => {
  const tab = await open('lookout', pathOf(failed))
  const { page } = tab
  await page.locator('.cause').getByText(MESSAGE).first().waitFor()
  await page.locator('.log .log-line').first().waitFor()
  for (const name of ['Resume', 'Undo', 'Skip a step', 'Cancel', 'Pause'])
    expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0)
  const refused = await page.evaluate(async (path) => {
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`/api/v1${path}/resume`, { method: 'POST', headers, body: '{}' })).status
  }, pathOf(failed))
  expect(refused).toBe(403)
  expect((await get(failed)).state).toBe('failed')
  await tab.close()
})

test('a reload, a lost network and a second tab in the middle lose no line and repeat none', async () => {
  const flood = { rate: 120, seconds: 25 }
  await troubleFleet(site.fleet, {
    'preflight.yml': { flood, fail: { task: 'End', message: 'the flood is over' } },
  })
  const id = await site.create('flooded', site.hosts.slice(4, 6))
  const relay = await openRelay(site.url)
  const browser = await openBrowser(relay.url)
  const first = await browser.open()
  await signIn(first, 'captain', PASSWORD, pathOf(id))
  const lastLine = ({ page }: Tab) =>
    page
      .locator('.log .log-line')
      .evaluateAll((rows) => Math.max(0, ...rows.map((row) => Number(row.getAttribute('data-line')))))
  await expect.poll(() => lastLine(first), { timeout: 20_000 }).toBeGreaterThan(100)
  await first.page.reload()
  await expect.poll(() => lastLine(first), { timeout: 20_000 }).toBeGreaterThan(200)
  const second = await open('captain', pathOf(id))
  relay.cut()
  await first.page.getByText('The connection is lost').waitFor()
  const before = await lastLine(first)
  await expect.poll(() => lastLine(second), { timeout: 20_000 }).toBeGreaterThan(before + 300)
  await relay.mend()
  await stateBecomes(id, 'failed')

  const said = await storedLines(id)
  expect(said.length).toBeGreaterThan(flood.rate * flood.seconds)
  for (const tab of [first, second]) {
    await expect.poll(() => lastLine(tab), { timeout: 20_000 }).toBe(said.length)
    expect(await readThrough(tab)).toEqual(said)
    expect(tab.errors).toEqual([])
    await tab.close()
  }
  await browser.close()
  relay.close()
})

describe.each(looks.map((look) => [`${look.language}, ${look.mode}, ${look.width} wide`, look] as const))(
  '%s',
  (name, look) => {
    test('operations fit, are translated, and have neither barrier nor error', async () => {
      const tab = await open('captain', `/projects/${site.project}/operations`, look)
      const found: Record<string, string[]> = {}
      const paths = { list: `/projects/${site.project}/operations`, timeline: pathOf(failed) }
      const views = {
        graph: `${pathOf(failed)}?view=graph&step=prepare-nodes&line=2`,
        hosts: `${pathOf(failed)}?view=hosts&find=containerd`,
      }
      for (const [title, path] of Object.entries({ ...paths, ...views })) {
        await tab.page.goto(path)
        await settled(tab)
        await tab.page
          .locator(title === 'list' ? '.ant-table-row' : '.log .log-line')
          .first()
          .waitFor()
        if (process.env.SLIPWAY_SCREENSHOTS)
          await tab.page.screenshot({
            path: `${process.env.SLIPWAY_SCREENSHOTS}/operation ${title} ${name}.png`,
          })
        const faults = await faultsOf(tab)
        if (faults.length > 0) found[title] = faults
        tab.errors.length = 0
      }
      expect(found).toEqual({})
      await tab.close()
    })
  },
)

/** What the API has stored of the first step, as the page numbers it. */
async function storedLines(id: string): Promise<string[]> {
  const lines: { sequence: number; text: string }[] = []
  let pageToken = ''
  do {
    const asked = { project: site.project, id, step: 'check-hosts', pageSize: 5_000, pageToken }
    const page = await callApi(site.to, `${OPERATIONS}/ListOutput`, asked)
    lines.push(...page.lines)
    pageToken = page.nextPageToken
  } while (pageToken)
  return lines.map(({ sequence, text }) => `${sequence} ${text}`)
}

/** Every line of the log, from top to bottom, as a person reads it who scrolls a screen at a time. */
async function readThrough({ page }: Tab): Promise<string[]> {
  await page.locator('.log').hover()
  await page.mouse.wheel(0, -100)
  await page.getByRole('checkbox', { name: 'Follow', checked: false }).waitFor()
  return page.locator('.log').evaluate(async (log) => {
    const ROW = 20
    const read = new Map<number, string>()
    const view = log.ownerDocument.defaultView
    const frame = () => new Promise((resolve) => view?.requestAnimationFrame(resolve))
    const isDrawn = () => {
      const rows = [...log.querySelectorAll('.log-line')]
      const numbers = rows.map((row) => Number(row.getAttribute('data-line') ?? 0))
      return Math.min(...numbers) === Math.floor(log.scrollTop / ROW) + 1
    }
    for (let top = 0; ; top += log.clientHeight - 40) {
      log.scrollTop = top
      do await frame()
      while (!isDrawn())
      for (const row of log.querySelectorAll('.log-line')) {
        const [number, said] = [
          Number(row.getAttribute('data-line')),
          row.querySelector('.log-text')?.textContent,
        ]
        read.set(number, `${number} ${said}`)
      }
      if (log.scrollTop + log.clientHeight >= log.scrollHeight - 2) break
    }
    return [...read].toSorted(([one], [other]) => one - other).map(([, text]) => text)
  })
}
