import { callApi } from '@slipway/cli/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsOf, type Look, looks, settled, signIn, type Tab } from './browser.ts'
import { type FleetSite, startFleetSite } from './fleet-site.ts'
import { joins, PASSWORD } from './members.ts'

const CLUSTERS = 'slipway.cluster.v1.ClusterService'
let site: FleetSite
beforeAll(async () => {
  site = await startFleetSite({ pace: 0.02, hosts: 4 })
  await joins(site, 'olga', 'operator')
  await joins(site, 'vera', 'viewer')
})
afterAll(() => site?.stop())

const clusters = () => `/projects/${site.project}/clusters`

const idOf = (name: string) => site.hosts.find((host) => host.name === name)?.id

/** A tab with the wizard open, as an operator. */
async function atWizard(look: Partial<Look> = {}): Promise<Tab> {
  const tab = await site.browser.open(look)
  await signIn(tab, 'olga', PASSWORD, `${clusters()}/new`)
  await tab.page.locator('.free-host').first().waitFor()
  return tab
}

/** The field with this label, with all that stands around it. */
const fieldOf = ({ page }: Tab, label: string) =>
  page.locator('.field').filter({ has: page.getByLabel(label, { exact: true }) })

test('from the list of clusters to a Ready cluster by clicks and a name', async () => {
  const tab = await site.browser.open()
  const { page } = tab
  await signIn(tab, 'olga', PASSWORD, clusters())
  await page.getByRole('link', { name: 'New cluster' }).click()
  await page.getByLabel('Name of the cluster').fill('prod')
  await page.getByRole('button', { name: 'Add node-1' }).click()
  await page.getByRole('button', { name: 'Add node-2' }).click()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText('256 nodes of 256 addresses each').waitFor()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Production' }).click()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText('Start the control plane').waitFor()
  expect(await page.locator('.plan-step').count()).toBeGreaterThan(4)
  await page.getByRole('button', { name: 'Create prod' }).click()
  await page.getByRole('heading', { name: 'prod' }).waitFor()
  await page.getByText('All nodes are ready').waitFor({ timeout: 50_000 })
  await page.getByText('2 of 2').waitFor()
  const asked = { project: site.project, view: 'full' }
  const { clusters: made } = await callApi(site.to, `${CLUSTERS}/ListClusters`, asked)
  const prod = made.find(({ name }: { name: string }) => name === 'prod')
  expect(prod.spec.apiServer.audit.maxAgeDays).toBe(90)
  await page.goto(`${clusters()}/new`)
  await expect.poll(() => page.getByLabel('Name of the cluster').inputValue()).toBe('')
  expect(tab.errors).toEqual([])
  await tab.close()
})

test('each of two wrong fields says so beside it, over a reload too, and nothing that was typed is lost', async () => {
  const tab = await atWizard()
  const { page } = tab
  await page.getByLabel('Name of the cluster').fill('Nine Lives')
  await page.getByRole('button', { name: 'Add node-3' }).click()
  await page.getByRole('link', { name: 'Network' }).click()
  await page.getByLabel('Pod network').fill('10.244.0.0/33')
  await page.getByLabel('DNS domain').fill('shop.local')
  const pods = () => fieldOf(tab, 'Pod network').getByText('is no IPv4 range').waitFor()
  await pods()
  await page.reload()
  await pods()
  expect(await page.getByLabel('DNS domain').inputValue()).toBe('shop.local')
  await page.getByRole('link', { name: 'Hosts and roles' }).click()
  await fieldOf(tab, 'Name of the cluster').getByText('has a form that is not allowed').waitFor()
  expect(await page.getByLabel('Name of the cluster').inputValue()).toBe('Nine Lives')
  await page.getByRole('link', { name: 'Plan' }).click()
  await page.getByText('There is no plan before this is mended').waitFor()
  await page.goBack()
  await page.getByLabel('Name of the cluster').fill('nine-lives')
  await page.getByRole('link', { name: 'Network' }).click()
  await page.getByLabel('Pod network').fill('')
  await page.getByText('has nothing against it').waitFor()
  await tab.close()
})

test('the form and its YAML are the same in both directions; what no field shows stays, and what nobody knows is told', async () => {
  const tab = await atWizard()
  const { page } = tab
  await page.getByLabel('Name of the cluster').fill('shop')
  await page.getByRole('button', { name: 'Add node-3' }).click()
  await page.getByText('YAML', { exact: true }).click()
  const yaml = page.getByLabel('The cluster as YAML')
  const before = await yaml.inputValue()
  expect(before).toContain(`host: ${idOf('node-3')}`)
  const typed = `${before.replace('name: shop', 'name: store')}      labels:\n        tier: "1"\n  network:\n    nodeMask: 25\n  colour: red\n`
  await yaml.fill(typed)
  await page.getByText('is not a field that is known here').first().waitFor()
  await yaml.fill(`${typed}  - [\n`)
  await page.getByText('The form has what could be read last').waitFor()
  await page.reload()
  expect(await yaml.inputValue()).toBe(`${typed}  - [\n`)
  await yaml.fill(typed)
  await page.getByText('Form', { exact: true }).click()
  await page.getByText('These fit no field').waitFor()
  expect(await page.getByLabel('Name of the cluster').inputValue()).toBe('store')
  await page.getByRole('link', { name: 'Network' }).click()
  expect(await page.getByLabel('Share of a node').inputValue()).toBe('25')
  await page.getByText('YAML', { exact: true }).click()
  expect(await yaml.inputValue()).toContain('tier: "1"')
  expect(await yaml.inputValue()).toContain('colour: red')
  await tab.close()
})

test('a plan that no longer holds is refused, says what moved, and stands there anew', async () => {
  const tab = await atWizard()
  const { page } = tab
  await page.getByLabel('Name of the cluster').fill('late')
  await page.getByRole('button', { name: 'Add node-4' }).click()
  await page.getByRole('link', { name: 'Plan' }).click()
  await page.getByRole('button', { name: 'Create late' }).waitFor()
  const host = { project: site.project, id: idOf('node-4') }
  await callApi(site.to, 'slipway.host.v1.HostService/UpdateHost', { ...host, name: 'node-9' })
  await page.getByRole('button', { name: 'Create late' }).click()
  await page.getByText('hosts.node-9 is new').waitFor()
  await page.getByText('Below is the plan as things stand now').waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Create late' }).isEnabled()).toBe(true)
  const { clusters: made } = await callApi(site.to, `${CLUSTERS}/ListClusters`, { project: site.project })
  expect(made.map(({ name }: { name: string }) => name)).not.toContain('late')
  await tab.close()
})

test('who may not create clusters is offered no way to, and an address of the wizard says so', async () => {
  const tab = await site.browser.open()
  const { page } = tab
  await signIn(tab, 'vera', PASSWORD, clusters())
  await page.getByRole('heading', { name: 'Clusters' }).waitFor()
  expect(await page.getByRole('link', { name: 'New cluster' }).count()).toBe(0)
  await page.goto(`${clusters()}/new`)
  await page.getByText('Only operators of this project create clusters').waitFor()
  await tab.close()
})

describe.each(looks.map((look) => [Object.values(look).join(', '), look] as const))('%s', (_name, look) => {
  test('every page of the wizard fits, is translated, and has neither barrier nor error', async () => {
    const tab = await atWizard(look)
    const { page } = tab
    const found: Record<string, string[]> = {}
    await page.locator('.free-host button').first().click()
    for (const step of ['step=hosts', 'step=network', 'step=rest', 'step=review', 'view=yaml']) {
      await page.goto(`${clusters()}/new?${step}`)
      await settled(tab)
      const faults = await faultsOf(tab)
      if (faults.length > 0) found[step] = faults
    }
    expect(found).toEqual({})
    await tab.close()
  })
})
