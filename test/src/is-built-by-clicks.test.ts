import { readFile } from 'node:fs/promises'
import { readSettings } from '@slipway/cli/config'
import { fetchArtifacts, pushOnce } from '@slipway/cli/demo'
import { signIn, type Tab } from '@slipway/console/browser'
import { type Site, startSite } from '@slipway/console/site'
import { run } from '@slipway/process'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { endSquat, squat } from './on-host.ts'

const world = inject('world')
const PASSWORD = 'seven blue anchors'
const KUBELET_PORT = '10250'
/** For steps of an operation on real hosts; everything else has the usual time. */
const onHosts = { timeout: 400_000 }
const hosts = world.hosts.filter(({ name }) => ['b-1', 'b-2'].includes(name))
let site: Site
let tab: Tab

beforeAll(async () => {
  site = await startSite({}, world.lab.gateway)
  tab = await site.browser.open()
})

afterAll(async () => {
  await endSquat(world, 'b-2')
  await site?.stop()
})

describe('a person with a browser, an install that was just started, and two hosts', () => {
  test('comes in by the one-time link, and gives a credential and the hosts', async () => {
    const { page } = tab
    await page.goto(site.firstLink)
    await page.getByLabel('Name').fill('captain')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByLabel('Password again').fill(PASSWORD)
    await page.getByRole('button', { name: 'Set password and sign in' }).click()
    await page.getByRole('heading', { name: 'Your first project' }).waitFor()
    await page.getByLabel('Name').fill('shop')
    await page.getByRole('button', { name: 'Create project' }).click()

    await page.getByRole('link', { name: 'Give a credential' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name').fill('ops')
    await form.getByLabel('User').fill('ops')
    const key = await readFile(hosts[0]?.sshKeyFile ?? '', 'utf8')
    await form.getByLabel('Private key', { exact: true }).last().fill(key)
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('cell', { name: 'ops' }).first().waitFor()

    await page.getByRole('link', { name: 'Home' }).click()
    await page.getByRole('link', { name: 'Add hosts' }).click()
    const lines = hosts.map(({ name, address }) => `${name},${address},22,ops,,lab`)
    await page.getByLabel('Or paste lines or cells').fill(lines.join('\n'))
    await page.getByRole('button', { name: 'Add 2 hosts' }).click()
    await page.getByText('2 hosts were added').waitFor()
    await page.locator('.ant-modal-footer').getByRole('button', { name: 'Close' }).click()
    for (const { name } of hosts) await page.getByRole('row', { name }).getByText('Ready').waitFor()
  })

  test('fills the registry by the command line, with a token of the account page', async () => {
    const { page } = tab
    await page.goto('/account')
    await page.getByRole('button', { name: 'New token' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name').fill('release')
    await form.getByLabel('May', { exact: true }).click()
    await page.getByTitle('read and change').click()
    await form.getByRole('button', { name: 'Create token' }).click()
    const token = await form.getByRole('textbox', { name: /release/ }).inputValue()
    await form.getByRole('button', { name: 'I have kept it' }).click()
    const settings = readSettings()
    const { signal } = new AbortController()
    const release = await fetchArtifacts(settings, signal, () => {})
    const to = { url: site.url, ca: site.ca, token }
    await pushOnce(to, site.repo, release, settings.SLIPWAY_CACHE, signal, () => {})
    await page.goto('/versions')
    await page.getByRole('row', { name: world.version }).getByText('In the repository').waitFor()
  })

  test('sees on which host and why the create broke', async () => {
    const { page } = tab
    await page.goto('/')
    await page.getByRole('link', { name: 'Create the cluster' }).click()
    await page.getByLabel('Name of the cluster').fill('prod')
    for (const { name } of hosts) await page.getByRole('button', { name: `Add ${name}` }).click()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('256 nodes of 256 addresses each').waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('button', { name: 'Try-out' }).click()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.locator('.plan-step').first().waitFor()
    await page.getByRole('button', { name: 'Create prod' }).click()
    await page.getByRole('link', { name: 'Open the operation' }).click()
    // After the check of the hosts, and before the worker's kubelet wants it.
    const prepare = page.locator('.timeline-row', { hasText: 'Prepare the hosts' })
    await prepare.getByText('Running').waitFor(onHosts)
    await squat(world, 'b-2', KUBELET_PORT)
    const cause = page.locator('.cause.bad')
    await cause.waitFor(onHosts)
    await cause.getByText(`Port ${KUBELET_PORT} is in use`).first().waitFor()
    await cause.locator('dd', { hasText: 'b-2' }).waitFor()
    await cause.getByText('Join as a node').first().waitFor()
  })

  test('lets it go on once the cause is gone, until all nodes are ready', async () => {
    const { page } = tab
    await endSquat(world, 'b-2')
    await page.locator('.cause').getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Go on' }).click()
    await page.locator('.facts').getByText('Succeeded').waitFor(onHosts)
    await page.locator('.facts').getByRole('link', { name: 'prod' }).click()
    await page.getByText('All nodes are ready').waitFor()
  })

  test('uses it with a kubeconfig, for a while', async () => {
    const { page } = tab
    await page.getByRole('link', { name: 'Kubeconfig' }).click()
    await page.getByRole('button', { name: 'Make a kubeconfig' }).click()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download prod.kubeconfig' }).click(),
    ])
    const { stdout } = await run([
      ...[world.kubectl, '--kubeconfig', await file.path(), 'get', 'nodes', '-o', 'name'],
    ])
    expect(stdout.trim().split('\n').sort()).toEqual(['node/b-1', 'node/b-2'])
  })

  test('deletes it by typing its name, and has the hosts back', async () => {
    const { page } = tab
    await page.getByRole('link', { name: 'Delete' }).click()
    await page.getByLabel('Type prod to confirm').fill('prod')
    await page.getByRole('button', { name: 'Delete the cluster' }).click()
    await page.getByText('The cluster is deleted').waitFor(onHosts)
    await page.getByRole('link', { name: 'Hosts' }).click()
    for (const { name } of hosts) await page.getByRole('row', { name }).getByText('free').waitFor()
    expect(tab.errors).toEqual([])
  })

  test('finds everything as it was after the next sign-in', async () => {
    const again = await site.browser.open()
    await signIn(again, 'captain', PASSWORD)
    await again.page.getByRole('link', { name: 'Delete prod' }).first().waitFor()
    await again.close()
  })
})
