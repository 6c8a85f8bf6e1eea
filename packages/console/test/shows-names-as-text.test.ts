import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultsOf, settled, signIn } from './browser.ts'
import { type Site, startSite } from './site.ts'

const PASSWORD = 'seven blue anchors'
/** What runs as a script, loads a picture or breaks out of an attribute where somebody puts text together as HTML. */
const NASTY = `"><img src=x onerror=alert(1)><script>alert(2)</script>{{name}}`
let site: Site
let project: string
beforeAll(async () => {
  site = await startSite()
  await site.person('captain', PASSWORD, { administrator: true })
  project = await site.makeProject('shop', NASTY)
})
afterAll(() => site?.stop())

test('whatever people and browsers call themselves and their things is shown as the text that it is', async () => {
  const tab = await site.browser.open({ agent: NASTY })
  const { page } = tab
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/x')) asked.push(request.url())
  })
  await signIn(tab, 'captain', PASSWORD, `/projects/${project}`)
  await page.getByText(NASTY).waitFor()

  await page.goto('/account')
  const token = `t${NASTY}`.slice(0, 63)
  await page.getByRole('button', { name: 'New token' }).click()
  await page.getByLabel('Name').fill(token)
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByText(`The token ${token}`).waitFor()
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByText(token, { exact: true }).waitFor()
  // The session's browser says the same of itself.
  await page.getByText(NASTY, { exact: true }).waitFor()

  await page.goto(`/projects/${project}/clusters?search=${encodeURIComponent(NASTY)}`)
  await page.getByText('No cluster is like that.').waitFor()
  expect(await page.getByLabel('Find by name').inputValue()).toBe(NASTY)
  await page.goto(`/${encodeURIComponent(NASTY)}`)
  await settled(tab)
  expect(asked).toEqual([])
  expect(await page.locator('img[src=x]').count()).toBe(0)
  expect(await faultsOf(tab)).toEqual([])
  await tab.close()
})

test('what a refusal repeats of what was typed is text, too', async () => {
  const tab = await site.browser.open()
  await signIn(tab, 'captain', PASSWORD, `/projects/${encodeURIComponent(NASTY)}`)
  await tab.page.getByRole('alert').waitFor()
  expect(await tab.page.locator('img[src=x], main script').count()).toBe(0)
  expect(tab.errors).toEqual([])
  await tab.close()
})
