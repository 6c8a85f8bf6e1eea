import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsOf, type Look, looks, settled, signIn, type Tab } from './browser.ts'
import { type Site, startSite } from './site.ts'

const PASSWORD = 'seven blue anchors'
let site: Site
let project: string
beforeAll(async () => {
  site = await startSite()
  await site.person('captain', PASSWORD, { administrator: true })
  project = await site.makeProject('shop')
})
afterAll(() => site?.stop())

type PageShown = { path: () => string; anonymous: boolean; open?: (tab: Tab) => Promise<void> }

/** Every page, by its address; a heading says that it stands. What opens on a page is opened by `open`. */
const pages: Record<string, PageShown> = {
  'sign-in': { path: () => '/sign-in', anonymous: true },
  'first start': { path: () => '/first-start#first=enrol_sample', anonymous: true },
  'no code': { path: () => '/first-start', anonymous: true },
  home: { path: () => `/projects/${project}`, anonymous: false },
  clusters: { path: () => `/projects/${project}/clusters`, anonymous: false },
  hosts: { path: () => `/projects/${project}/hosts`, anonymous: false },
  credentials: { path: () => `/projects/${project}/credentials`, anonymous: false },
  members: { path: () => `/projects/${project}/members`, anonymous: false },
  projects: { path: () => '/projects', anonymous: false },
  'new project': { path: () => '/projects?add=true', anonymous: false },
  versions: { path: () => '/versions', anonymous: false },
  people: { path: () => '/users', anonymous: false },
  'new person': { path: () => '/users?add=true', anonymous: false },
  'this install': { path: () => '/install', anonymous: false },
  audit: { path: () => '/audit', anonymous: false },
  account: { path: () => '/account', anonymous: false },
  settings: { path: () => '/settings', anonymous: false },
  palette: {
    path: () => '/account',
    anonymous: false,
    open: async ({ page }) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').last().waitFor()
    },
  },
  'new token': {
    path: () => '/account',
    anonymous: false,
    open: async ({ page }) => {
      await page.locator('.section-head button').last().click()
      await page.getByRole('dialog').waitFor()
    },
  },
  'not there': { path: () => '/nothing', anonymous: true },
  'not there, signed in': { path: () => `/projects/${project}/nothing`, anonymous: false },
}

const nameOf = ({ language, mode, width }: Look) => `${language}, ${mode}, ${width} wide`

describe.each(looks.map((look) => [nameOf(look), look] as const))('%s', (name, look) => {
  test('every page fits, is translated, and has neither barrier nor error', async () => {
    const tab = await site.browser.open(look)
    let signedIn = false
    const found: Record<string, string[]> = {}
    for (const [title, { path, anonymous, open }] of Object.entries(pages)) {
      if (!anonymous && !signedIn) {
        await signIn(tab, 'captain', PASSWORD, '/account')
        signedIn = true
      }
      await tab.page.goto(path())
      await settled(tab)
      await open?.(tab)
      if (process.env.SLIPWAY_SCREENSHOTS) {
        await tab.page.screenshot({ path: `${process.env.SLIPWAY_SCREENSHOTS}/${title} ${name}.png` })
      }
      const faults = await faultsOf(tab)
      if (faults.length > 0) found[title] = faults
      tab.errors.length = 0
    }
    expect(found).toEqual({})
    await tab.close()
  }, 300_000)
})
