import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { callApi, followApi } from '@slipway/cli/api'
import { readSettings } from '@slipway/cli/config'
import { run } from '@slipway/process'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { faultsOf, type Look, looks, settled, signIn, type Tab } from './browser.ts'
import { type FleetSite, startFleetSite } from './fleet-site.ts'
import { joins, PASSWORD } from './members.ts'

const CLUSTERS = 'slipway.cluster.v1.ClusterService'
const HOSTILE = '<img src=x onerror="document.title=1">'
const { SLIPWAY_DEMO_KUBERNETES: VERSION, SLIPWAY_CACHE } = readSettings()
const KUBECTL = join(SLIPWAY_CACHE, `artifacts/kubernetes/${VERSION}/linux-amd64/kubectl`)
let site: FleetSite
let prod: string
beforeAll(async () => {
  site = await startFleetSite({ pace: 0.02, hosts: 4 })
  await joins(site, 'olga', 'operator')
  await joins(site, 'vera', 'viewer')
  prod = await create('prod', ['node-1', 'node-2'])
  await label({ names: ['node-2'], setLabels: { row: 'second' }, reason: 'racks were numbered' })
}, 240_000)
afterAll(() => site?.stop())

/** A cluster that runs, made without the console; the first host is its control plane. */
async function create(name: string, hosts: string[]): Promise<string> {
  const nodes = hosts.map((host, index) => ({
    host: site.hosts.find((one) => one.name === host)?.id,
    role: index === 0 ? 'control-plane' : 'worker',
  }))
  const asked = { project: site.project, name, reason: HOSTILE, spec: { kubernetesVersion: VERSION, nodes } }
  const { cluster, operation } = await callApi(site.to, `${CLUSTERS}/CreateCluster`, asked)
  expect(await endOf(operation.id)).toBe('succeeded')
  return cluster.id
}

/** Gives nodes of the cluster labels, without the console. */
async function label(wish: { names: string[]; setLabels: Record<string, string>; reason: string }) {
  const asked = { project: site.project, id: prod, queue: true, ...wish }
  const { operation } = await callApi(site.to, `${CLUSTERS}/UpdateNodes`, asked)
  expect(await endOf(operation.id)).toBe('succeeded')
}

/** How an operation ended. */
async function endOf(id: string): Promise<string> {
  const watch = 'slipway.operation.v1.OperationService/WatchOperation'
  let state = ''
  for await (const { event, data } of followApi(site.to, watch, { project: site.project, id })) {
    if (event === 'operation') state = data.state
  }
  return state
}

/** A tab with a cluster's page open. */
async function at(
  id: string,
  query = '',
  { who = 'olga', ...look }: Partial<Look> & { who?: string } = {},
): Promise<Tab> {
  const tab = await site.browser.open(look)
  await signIn(tab, who, PASSWORD, `/projects/${site.project}/clusters/${id}${query}`)
  await settled(tab)
  return tab
}

/** A tab with the look inside the cluster open. */
async function inside(
  query = '',
  { who = 'olga', ...look }: Partial<Look> & { who?: string } = {},
): Promise<Tab> {
  const tab = await site.browser.open(look)
  await signIn(tab, who, PASSWORD, `/projects/${site.project}/clusters/${prod}/objects${query}`)
  await settled(tab)
  return tab
}

/** kubectl with an administrator's kubeconfig of a cluster. */
async function kubectlOf(id: string): Promise<(...args: string[]) => Promise<unknown>> {
  const asked = { project: site.project, id, minutes: 10 }
  const { kubeconfig } = await callApi(site.to, `${CLUSTERS}/CreateKubeconfig`, asked)
  const file = join(await mkdtemp(join(tmpdir(), 'slipway-kubeconfig-')), 'kubeconfig')
  await writeFile(file, kubeconfig, { mode: 0o600 })
  onTestFinished(() => rm(dirname(file), { recursive: true, force: true }))
  return (...args) => run([KUBECTL, '--kubeconfig', file, ...args])
}

test('a worker is added and removed by clicks, each after its plan', async () => {
  const tab = await at(prod, '?tab=nodes')
  const { page } = tab
  await page.getByRole('button', { name: 'Add workers' }).click()
  const panel = page.getByRole('dialog')
  await panel.getByRole('button', { name: 'Add node-3' }).click()
  await panel.locator('.plan-step').first().waitFor()
  await panel.getByRole('button', { name: 'Add workers' }).click()
  await panel.waitFor({ state: 'hidden' })
  const row = page.getByRole('row', { name: /node-3/ })
  await row.getByText(/Ready/).waitFor({ timeout: 60_000 })
  await page.getByText(/Read from the API server \d+ s ago/).waitFor()

  await row.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Remove' }).click()
  await panel.locator('.plan-step').first().waitFor()
  expect(await panel.locator('.plan-step').first().textContent()).toContain('node-3')
  await panel.getByRole('button', { name: 'Remove' }).click()
  await row.waitFor({ state: 'detached', timeout: 60_000 })
  expect(tab.errors).toEqual([])
  await tab.close()
})

test('a node is cordoned and labelled; a wrong label is refused in the words of the API', async () => {
  const tab = await at(prod, '?tab=nodes')
  const { page } = tab
  const row = page.getByRole('row', { name: /node-2/ })
  const panel = page.getByRole('dialog')
  await row.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Labels and taints' }).click()
  await panel.getByLabel('Labels to set').fill('tier=not a value')
  await panel.getByRole('button', { name: 'Show the plan' }).click()
  await panel.getByText('is no label value').waitFor()
  await panel.getByLabel('Labels to set').fill('tier=front')
  await panel.getByRole('button', { name: 'Show the plan' }).click()
  await panel.getByRole('button', { name: 'Begin' }).click()
  await row.getByText('tier=front').waitFor({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Cordon', exact: true }).click()
  await panel.getByRole('button', { name: 'Cordon', exact: true }).click()
  await row.getByText('Cordoned').waitFor({ timeout: 30_000 })
  await page.reload()
  expect(await row.getByRole('checkbox').isChecked()).toBe(true)
  await tab.close()
})

test('any two versions of the spec are compared, and the address keeps which', async () => {
  const tab = await at(prod, '?tab=spec')
  const { page } = tab
  const second = page.getByRole('listitem').filter({ hasText: 'racks were numbered' })
  expect(await second.textContent()).toContain('Change nodes of prod')
  await second.getByRole('link', { name: 'Changes of version 2' }).click()
  await page.getByRole('heading', { name: 'What differs between version 1 and version 2' }).waitFor()
  const lines = page.locator('.diff-line')
  expect(await lines.filter({ hasText: 'added:' }).allTextContents()).toEqual(
    ['labels:', '  row: second'].map((text) => expect.stringContaining(text)),
  )
  expect(await lines.filter({ hasText: 'removed:' }).allTextContents()).toEqual([
    expect.stringContaining('labels: {}'),
  ])
  await page.reload()
  await page.getByText('2 lines added · 1 line removed').waitFor()
  await page.getByLabel('Compare with').click()
  await page.getByTitle('Version 2').last().click()
  await page.getByText('The two versions are the same.').waitFor()
  expect(new URL(page.url()).searchParams.get('from')).toBe('2')
  await page.goBack()
  await page.getByText('2 lines added · 1 line removed').waitFor()
  await page.getByRole('link', { name: 'Version 1', exact: true }).click()
  expect(await page.getByLabel('Spec as YAML').textContent()).not.toContain('row: second')
  expect(tab.errors).toEqual([])
  await tab.close()
})

test('what happens to the cluster comes to its events by itself, and what is read stays where it is', async () => {
  const tab = await at(prod, '?tab=events', { width: 390 })
  const { page } = tab
  await page.setViewportSize({ width: 390, height: 480 })
  const planned = (reason: string) =>
    page.getByRole('listitem').filter({ hasText: 'Operation planned' }).filter({ hasText: reason })
  await label({ names: ['node-1'], setLabels: { seen: 'first' }, reason: 'seen first' })
  const first = planned('seen first')
  await first.waitFor()
  expect(await first.textContent()).toContain('Change nodes of prod')
  await first.evaluate((row) => row.scrollIntoView({ block: 'start' }))
  const before = await first.boundingBox()
  await label({ names: ['node-1'], setLabels: { seen: 'second' }, reason: 'seen second' })
  await planned('seen second').waitFor()
  expect(await first.boundingBox()).toEqual(before)

  await page.getByLabel('About').click()
  await page.getByTitle('nodes', { exact: true }).last().click()
  await page.getByText('Node node-1 joined').waitFor()
  await page.getByText('Operation planned').first().waitFor({ state: 'detached' })
  await page.reload()
  await page.getByText('Node node-1 joined').waitFor()
  expect(new URL(page.url()).searchParams.get('noun')).toBe('node')
  await page.getByRole('link', { name: 'Create prod' }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Create prod' }).waitFor()
  expect(tab.errors).toEqual([])
  await tab.close()
})

test('a kubeconfig that was downloaded works against the API server, and says for how long', async () => {
  const tab = await at(prod, '?tab=kubeconfig')
  const { page } = tab
  await page.getByRole('button', { name: 'Make a kubeconfig' }).click()
  await page.getByText(/Good for 59 min/).waitFor()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download prod.kubeconfig' }).click(),
  ])
  const path = await file.path()
  expect(await readFile(path, 'utf8')).toContain('kind: Config')
  const { stdout } = await run([KUBECTL, '--kubeconfig', path, 'get', 'nodes', '-o', 'name'])
  expect(stdout).toContain('node/node-1')
  await tab.close()
})

test('access says who may do what, and whose kubeconfigs are good still', async () => {
  const tab = await at(prod, '?tab=kubeconfig', { who: 'vera' })
  const { page } = tab
  await page.getByRole('button', { name: 'Make a kubeconfig' }).click()
  await page.getByText(/Good for 59 min/).waitFor()
  await page.getByRole('link', { name: 'Access' }).click()
  const row = (...texts: string[]) =>
    texts.reduce((rows, hasText) => rows.filter({ hasText }), page.getByRole('listitem')).first()
  await row('vera', 'with the rights of: Viewer', 'good for 59 min').waitFor()
  await row('olga', 'Operator').waitFor()
  const cells = (deed: string) => page.getByRole('row', { name: deed }).getByRole('cell').allTextContents()
  expect(await cells('Delete it')).toEqual(['●Yes', '○No'])
  expect(await cells('Make a kubeconfig')).toEqual(['●Yes', '●Yes'])
  await page.getByRole('link', { name: 'Members of the project' }).click()
  await page.getByRole('heading', { level: 1, name: 'Members' }).waitFor()
  expect(tab.errors).toEqual([])
  await tab.close()
})

test('a cluster is deleted after its plan, when its name was typed', async () => {
  const id = await create('gone', ['node-4'])
  const tab = await at(id, '?tab=danger')
  const { page } = tab
  const button = page.getByRole('button', { name: 'Delete the cluster' })
  await page.locator('.plan-step').first().waitFor()
  expect(await button.isDisabled()).toBe(true)
  await page.getByLabel('Type gone to confirm').fill('gon')
  expect(await button.isDisabled()).toBe(true)
  await page.getByLabel('Type gone to confirm').fill('gone')
  await button.click()
  await page.getByText('The cluster is deleted.').waitFor({ timeout: 60_000 })
  expect(tab.errors).toEqual([])
  await tab.close()
})

test('a viewer looks at everything, and is offered nothing that he may not do', async () => {
  const tab = await at(prod, '?tab=nodes', { who: 'vera' })
  const { page } = tab
  await page.getByRole('row', { name: /node-1/ }).waitFor()
  for (const name of ['Add workers', 'Drain', 'Remove', 'Cordon'])
    expect(await page.getByRole('button', { name, exact: true }).count(), name).toBe(0)
  expect(await page.getByRole('link', { name: 'Delete' }).count()).toBe(0)
  await tab.close()
})

test('a reason that is markup is shown as the text that it is', async () => {
  const tab = await at(prod, '?tab=operations')
  await tab.page.getByText(HOSTILE).waitFor()
  expect(await tab.page.title()).toBe('prod · Slipway')
  await tab.close()
})

test('what is inside is found by kind and namespace, moves as it changes, and is read as YAML', async () => {
  const kubectl = await kubectlOf(prod)
  const applied = (of: string) =>
    kubectl('create', 'configmap', 'harbour', '-n', 'default', `--from-literal=${of}`)
  const tab = await inside()
  const { page } = tab
  await page.getByLabel('Kind').click()
  await page.keyboard.type('cm')
  await page.getByTitle(/^ConfigMap /).click()
  await page.getByRole('cell', { name: 'kube-system' }).first().waitFor()
  await page.getByLabel('Namespace').click()
  await page.getByTitle('default', { exact: true }).click()
  await page.waitForURL(/kind=v1%2Fconfigmaps&namespace=default/)
  await applied('flag=red')
  await page.getByRole('button', { name: 'Open harbour' }).click()
  await page.locator('.object-yaml').getByText('flag: red').waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await kubectl('delete', 'configmap', 'harbour', '-n', 'default')
  await page.getByRole('button', { name: 'Open harbour' }).waitFor({ state: 'detached' })
  expect(tab.errors).toEqual([])
  await tab.close()
})

test('a viewer sees inside what his role lets him, and is told what it does not', async () => {
  const tab = await inside('?kind=v1/secrets', { who: 'vera' })
  await tab.page
    .getByText(/User "slipway:vera" cannot list resource "secrets"/)
    .first()
    .waitFor()
  await tab.close()
})

describe.each(looks.map((look) => [Object.values(look).join(', '), look] as const))('%s', (_name, look) => {
  test('every tab fits, is translated, and has neither barrier nor error', async () => {
    const tab = await at(prod, '', look)
    const found: Record<string, string[]> = {}
    const queries = [
      'overview',
      'nodes',
      'nodes&act=add',
      'spec',
      'spec&from=1&to=2',
      'operations',
      'events',
      'kubeconfig',
      'access',
      'danger',
    ]
    for (const query of queries) {
      await tab.page.goto(`/projects/${site.project}/clusters/${prod}?tab=${query}`)
      await settled(tab)
      const faults = await faultsOf(tab)
      if (faults.length > 0) found[query] = faults
    }
    await tab.page.goto(
      `/projects/${site.project}/clusters/${prod}/objects?object=default/kubernetes&kind=v1/services`,
    )
    await tab.page.locator('.object-yaml').waitFor()
    const faults = await faultsOf(tab)
    if (faults.length > 0) found.inside = faults
    expect(found).toEqual({})
    await tab.close()
  })
})
