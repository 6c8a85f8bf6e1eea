import { callApi } from '@slipway/cli/api'
import { troubleFleet } from '@slipway/fleet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultsOf, settled, signIn } from './browser.ts'
import { type FleetSite, startFleetSite } from './fleet-site.ts'

const PASSWORD = 'seven blue anchors'
let site: FleetSite
beforeAll(async () => {
  site = await startFleetSite({ pace: 0.02, hosts: 2 })
  await site.person('captain', PASSWORD, { administrator: true })
})
afterAll(() => site?.stop())

test('Home says by itself what is under way and what failed, and leads to each', async () => {
  const tab = await site.browser.open()
  const { page } = tab
  const part = (title: string) =>
    page.locator('section').filter({ has: page.getByRole('heading', { name: title }) })
  await signIn(tab, 'captain', PASSWORD, `/projects/${site.project}`)
  await page.getByText('Nothing waits for you.').waitFor()
  await page.getByText('Three steps to the first cluster').waitFor()

  const fail = { task: 'Prepare the host', message: 'the disk is <b>full</b>' }
  await troubleFleet(site.fleet, { 'prepare.yml': { flood: { rate: 10, seconds: 8 }, fail } })
  await site.create('shop', site.hosts.slice(0, 1))
  await part('Under way').getByRole('link', { name: 'Create shop' }).waitFor()
  await part('Recent changes').getByRole('link', { name: 'Create shop' }).waitFor()
  const failed = part('Needs you now').getByRole('link', { name: 'Create shop' })
  await failed.waitFor()
  await part('Needs you now').getByText('the disk is <b>full</b>').waitFor()
  await part('Under way').waitFor({ state: 'detached' })
  expect(await faultsOf(tab)).toEqual([])

  await failed.click()
  await page.getByRole('heading', { name: 'Create shop' }).waitFor()
  expect(tab.errors).toEqual([])
  await tab.close()
})

test('an empty project leads to the pages that fill it, and a viewer is told without being led', async () => {
  const empty = await site.makeProject('empty')
  const user = await site.person('vera', PASSWORD)
  const member = { project: empty, user, role: 'viewer' }
  await callApi(site.to, 'slipway.project.v1.ProjectService/SetMember', member)
  const steps = {
    'Give a credential': 'credentials',
    'Add hosts': 'hosts',
    'Create the cluster': 'clusters/new',
  }
  const tab = await site.browser.open()
  await signIn(tab, 'captain', PASSWORD, `/projects/${empty}`)
  for (const [name, path] of Object.entries(steps)) {
    await tab.page.getByRole('link', { name }).click()
    await tab.page.waitForURL((url) => url.pathname === `/projects/${empty}/${path}`)
    await settled(tab)
    await tab.page.goto(`/projects/${empty}`)
  }
  const viewer = await site.browser.open()
  await signIn(viewer, 'vera', PASSWORD, `/projects/${empty}`)
  await viewer.page.getByText('Three steps to the first cluster').waitFor()
  expect(await viewer.page.locator('main').getByRole('link').count()).toBe(0)
  expect([...tab.errors, ...viewer.errors]).toEqual([])
  await tab.close()
  await viewer.close()
})
