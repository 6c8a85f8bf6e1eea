import AxeBuilder from '@axe-core/playwright'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

/** How a page is looked at. */
export type Look = { language: 'en' | 'zh-CN' | 'zh-TW'; mode: 'light' | 'dark'; width: 1280 | 390 }

/**
 * Ways in which a page has to be right: each two of language, mode and width come together. All twelve take a page twice as
 * long; `SLIPWAY_LOOKS=all` takes them.
 */
export const looks: readonly Look[] = (['en', 'zh-CN', 'zh-TW'] as const).flatMap((language, at) =>
  (['light', 'dark'] as const).flatMap((mode, next) =>
    ([1280, 390] as const)
      .filter((_width, last) => process.env.SLIPWAY_LOOKS === 'all' || (at + next + last) % 2 === 0)
      .map((width) => ({ language, mode, width })),
  ),
)

/** A browser whose tabs tell what went wrong in them. */
export type Browser = Awaited<ReturnType<typeof openBrowser>>

/** A tab, and what its console said that it should not have. */
export type Tab = { page: Page; errors: string[]; context: BrowserContext; close: () => Promise<void> }

const CHROMIUM = '/usr/bin/chromium'
/** It ends what never comes; on a busy machine a page takes its time. */
const WAIT_MS = 90_000

/** Opens Debian's Chromium in front of an install. */
export async function openBrowser(url: string) {
  const program = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  return {
    /** A tab of a browser that nobody used yet. */
    open: async (look: Partial<Look> & { agent?: string } = {}): Promise<Tab> => {
      const { language = 'en', mode = 'light', width = 1280, agent } = look
      const context = await program.newContext({
        baseURL: url,
        ignoreHTTPSErrors: true,
        viewport: { width, height: width === 390 ? 844 : 800 },
        colorScheme: mode,
        locale: language,
        reducedMotion: 'reduce',
        ...(agent ? { userAgent: agent } : {}),
      })
      context.setDefaultTimeout(WAIT_MS)
      const page = await context.newPage()
      const errors: string[] = []
      page.on('console', (said) => {
        // That a call was refused is no error of the page: what it makes of it is looked at.
        if (said.type() === 'error' && !said.text().startsWith('Failed to load resource'))
          errors.push(said.text())
      })
      page.on('pageerror', (error) => errors.push(String(error)))
      page.on('request', (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
          errors.push(`asked ${request.url()}, which is elsewhere`)
      })
      return { page, errors, context, close: () => context.close() }
    },
    /** Chromium's own protocol, for what a bench asks of the whole browser. */
    session: () => program.newBrowserCDPSession(),
    close: () => program.close(),
  }
}

/** Signs in by the page, and waits until there is a shell around the next one. */
export async function signIn({ page }: Tab, name: string, password: string, to = '/'): Promise<void> {
  await page.goto(`/sign-in?to=${encodeURIComponent(to)}`)
  await page.locator('input[autocomplete=username]').fill(name)
  await page.locator('input[autocomplete=current-password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.locator('#navigation').waitFor({ state: 'attached' })
}

/** Waits until the page waits for nothing any more. */
export async function settled({ page }: Tab): Promise<void> {
  await page.locator('h1').first().waitFor()
  const waiting = page.locator('.waiting')
  while ((await waiting.count()) > 0) await waiting.first().waitFor({ state: 'detached' })
}

/** What is wrong about the page as it stands: too wide, not for everybody, untranslated, or with an error in its console. */
export async function faultsOf({ page, errors }: Tab): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  const barriers = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `axe ${id}: ${target.join(' ')}: ${failureSummary}`),
  )
  const width = page.viewportSize()?.width ?? 0
  const wide = await page.locator('body *').evaluateAll((elements, limit) => {
    const isScrolled = (element: (typeof elements)[number]) =>
      element.closest('.table, .ant-select-dropdown, .skip, [aria-hidden=true]') !== null
    return elements
      .filter((element) => !isScrolled(element) && element.checkVisibility())
      .filter((element) => {
        const box = element.getBoundingClientRect()
        return box.width > 1 && Math.floor(box.right) > limit
      })
      .map(
        (element) =>
          `wider than the page: ${element.tagName} ${element.className} ${element.textContent?.slice(0, 40)}`,
      )
  }, width)
  const holes = await page.getByText(/\{\{\w+\}\}/).allTextContents()
  const unfilled = holes.filter((text) => !text.includes('<')).map((text) => `not filled in: ${text}`)
  return [...barriers, ...wide, ...unfilled, ...errors]
}
