import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultsOf, signIn } from './browser.ts'
import { type Site, startSite } from './site.ts'

const PASSWORD = 'seven blue anchors'
let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site?.stop())

test('from the one-time link to Home by typing name, password and the first project', async () => {
  const tab = await site.browser.open()
  const { page } = tab
  await page.goto(site.firstLink)
  expect(await faultsOf(tab)).toEqual([])
  await page.getByLabel('Name').fill('Captain')
  await page.getByLabel('Password', { exact: true }).fill('short')
  await page.getByLabel('Password again').fill('short')
  await page.getByRole('button', { name: 'Set password and sign in' }).click()
  await page.getByText('has a form that is not allowed. Lower-case letters').waitFor()
  await page.getByLabel('Name').fill('captain')
  await page.getByRole('button', { name: 'Set password and sign in' }).click()
  await page.getByText('is shorter than 12 characters').waitFor()
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('Password again').fill(PASSWORD)
  await page.getByRole('button', { name: 'Set password and sign in' }).click()
  await page.getByRole('heading', { name: 'Your first project' }).waitFor()
  await page.getByLabel('Name').fill('shop')
  await page.getByRole('button', { name: 'Create project' }).click()
  await page.getByRole('heading', { name: 'shop' }).waitFor()
  await page.getByText('Three steps to the first cluster').waitFor()
  expect(await page.getByRole('button', { name: 'captain' }).isVisible()).toBe(true)
  expect(await faultsOf(tab)).toEqual([])

  const again = await site.browser.open()
  await again.page.goto(site.firstLink)
  await again.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await again.page.getByLabel('Password again').fill(PASSWORD)
  await again.page.getByRole('button', { name: 'Set password and sign in' }).click()
  await again.page.getByText('This one-time link works no more').waitFor()
  await again.close()

  await page.getByRole('button', { name: 'captain' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await signIn(tab, 'captain', PASSWORD, '/account')
  await page.getByRole('heading', { name: 'Sessions' }).waitFor()
  await tab.close()
})
