import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, callApi } from '@slipway/cli/api'
import { readSettings } from '@slipway/cli/config'
import { startFleet, stopFleet } from '@slipway/fleet'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { faultsOf, looks, settled, signIn, type Tab } from './browser.ts'
import { type Site, startSite } from './site.ts'

const PASSWORD = 'seven blue anchors'
const HOSTS = 'slipway.host.v1.HostService'
const STRANGE = '<img src=x onerror=document.title="hurt">'
let dir: string
let site: Site
let to: Connection
let project: string
let viewer: string
let strange: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-console-fleet-'))
  await chmod(dir, 0o755)
  const fleet = await startFleet({ dir: join(dir, 'fleet'), cacheDir: readSettings().SLIPWAY_CACHE, pace: 0 })
  site = await startSite({ SLIPWAY_ANSIBLE_VENV: fleet.venv, SLIPWAY_LOOPBACK_HOSTS: true })
  to = await site.administrator()
  await site.person('captain', PASSWORD, { administrator: true })
  viewer = await site.person('guest', PASSWORD)
  project = (await callApi(to, 'slipway.project.v1.ProjectService/CreateProject', { name: 'shop' })).id
  await callApi(to, 'slipway.project.v1.ProjectService/SetMember', { project, user: viewer, role: 'viewer' })
  const credential = { project, name: 'ops', user: 'ops', kind: 'password', password: 'sesame' }
  await callApi(to, 'slipway.credential.v1.CredentialService/CreateCredential', credential)
  strange = await ready('strange-1', '127.86.0.1', [STRANGE])
  await callApi(to, `${HOSTS}/UpdateHost`, { project, id: strange, address: '127.86.0.9' })
})
afterAll(async () => {
  await site?.stop()
  await stopFleet(join(dir, 'fleet'))
  await rm(dir, { recursive: true, force: true })
})

test('of a CSV with 5 bad rows of 500 only the 5 stay, say what is wrong, and are mended in place', async () => {
  const tab = await open('/hosts?add=many')
  const { page } = tab
  const lines = Array.from(
    { length: 500 },
    (_, at) => `csv-${at + 1},127.80.${at >> 8}.${at & 255},22,ops,blue,`,
  )
  const bad = {
    11: 'CSV-11,127.80.9.1,22,ops,,',
    101: 'csv-101,127.80.9,22,ops,,',
    201: 'csv-201,127.80.9.3,ssh,ops,,',
    301: 'csv-301,127.80.9.4,22,nobody,,',
    401: 'csv-1,127.80.9.5,22,ops,,',
  }
  for (const [at, line] of Object.entries(bad)) lines[Number(at) - 1] = line
  const chosen = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose a file' }).click()
  const csv = ['name,address,port,credential,tags,profile', ...lines].join('\n')
  await (await chosen).setFiles({ name: 'hosts.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await page.getByText('500 rows were read').waitFor()
  await page.getByRole('button', { name: 'Add 500 hosts' }).click()
  await page.getByText('495 hosts were added. 5 rows were refused').waitFor()
  expect(await page.locator('.mend tbody tr').count()).toBe(5)
  expect(await page.getByText('there is no credential "nobody"').isVisible()).toBe(true)
  expect(await faultsOf(tab)).toEqual([])
  await page.getByLabel('name in line 12').fill('csv-11')
  await page.getByLabel('address in line 102').fill('127.80.9.2')
  await page.getByLabel('port in line 202').fill('22')
  await page.getByLabel('credential in line 302').fill('ops')
  await page.getByRole('button', { name: 'Send 5 rows again' }).click()
  await page.getByText('499 hosts were added. 1 row was refused').waitFor()
  await page.getByLabel('name in line 402').fill('csv-401')
  await page.getByRole('button', { name: 'Send 1 row again' }).click()
  await page.getByText('500 hosts were added.').waitFor()
  await page.locator('.ant-modal-footer').getByRole('button', { name: 'Close' }).click()
  const { hosts } = await callApi(to, `${HOSTS}/ListHosts`, { project, pageSize: 500, search: 'csv-' })
  expect(hosts).toHaveLength(500)
  await page.locator('.host-name').first().waitFor()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText('Page 2').waitFor()
  const second = await callApi(to, `${HOSTS}/ListHosts`, { project, pageSize: 101 })
  await page.getByRole('button', { name: second.hosts[100].name, exact: true }).waitFor()
  await tab.close()
})

test('what is looked for, the order and the open host survive a reload, and back closes it', async () => {
  const host = await ready('look-1', '127.81.0.1')
  await ready('look-2', '127.81.0.2')
  const tab = await open('/hosts')
  const { page } = tab
  await page.getByLabel('Find by name or address').fill('look-')
  await page.waitForURL(/search=look-/)
  await page.getByRole('columnheader', { name: 'Address' }).click()
  await page.getByRole('columnheader', { name: 'Address' }).click()
  await page.waitForURL(/sort=-address/)
  const names = () => page.locator('.host-name').allTextContents()
  await expect.poll(names).toEqual(['look-2', 'look-1'])
  await page.locator('.host-name').nth(1).click()
  await page.getByText('Control groups').waitFor()
  await page.reload()
  await page.getByText('Control groups').waitFor()
  expect(page.url()).toContain(`host=${host}`)
  await expect.poll(names).toEqual(['look-2', 'look-1'])
  await page.goBack()
  await page.getByText('Control groups').waitFor({ state: 'detached' })
  await tab.close()
})

test('another host key is shown beside the known one, and accepted by a click', async () => {
  const id = await ready('key-1', '127.82.0.1')
  await callApi(to, `${HOSTS}/UpdateHost`, { project, id, address: '127.82.0.9' })
  const tab = await open(`/hosts?search=key-1&host=${id}`)
  const { page } = tab
  await page.getByRole('button', { name: 'Compare the keys' }).click()
  await page.locator('.keys').waitFor()
  const keys = await page.locator('.key .code').allTextContents()
  expect(new Set(keys).size).toBe(2)
  expect(keys.every((key) => key.startsWith('SHA256:'))).toBe(true)
  expect(await faultsOf(tab)).toEqual([])
  await page.getByRole('button', { name: 'accept the shown key' }).click()
  await page.locator('.age').getByText('Ready').waitFor()
  expect((await callApi(to, `${HOSTS}/GetHost`, { project, id })).hostKey).toBe(keys[1])
  await tab.close()
})

test('a refusal stands beside its field, and a host that is right is added', async () => {
  const tab = await open('/hosts?add=one')
  const { page } = tab
  const form = page.locator('.ant-modal')
  await form.getByLabel('Name').fill('one-1')
  await form.getByLabel('IPv4 address').fill('127.83.0')
  await form.getByRole('button', { name: 'Add host' }).click()
  await form.getByText('"127.83.0" is not an IPv4 address').waitFor()
  await form.getByLabel('IPv4 address').fill('127.83.0.1')
  await form.getByRole('button', { name: 'Add host' }).click()
  await form.waitFor({ state: 'detached' })
  await page.goto(`/projects/${project}/hosts?search=one-1`)
  await page.getByRole('button', { name: 'one-1', exact: true }).waitFor()
  await tab.close()
})

test('of several hosts that are deleted each says what came of it', async () => {
  const gone = await ready('gone-1', '127.84.0.1')
  await ready('gone-2', '127.84.0.2')
  const tab = await open('/hosts?search=gone-')
  const { page } = tab
  await page.getByLabel('Choose gone-1').check()
  await page.getByLabel('Choose gone-2').check()
  await callApi(to, `${HOSTS}/DeleteHost`, { project, id: gone })
  await page.locator('.batch-bar').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete 2 hosts' }).click()
  await page.getByText('Done for 1, refused for 1').waitFor()
  expect(await page.locator('.outcome', { hasText: 'gone-2' }).textContent()).toContain('done')
  expect(await faultsOf(tab)).toEqual([])
  await page.locator('.ant-modal-footer').getByRole('button', { name: 'Close' }).click()
  await page.getByText('No host is like that.').waitFor()
  await tab.close()
})

test('a viewer sees hosts and their facts and nothing to do, and the API refuses it too', async () => {
  const id = await ready('seen-1', '127.85.0.1', [STRANGE])
  const tab = await open(`/hosts?search=seen-&host=${id}`, 'guest')
  const { page } = tab
  await page.getByText('Control groups').waitFor()
  const own = await page.locator('main button, .ant-drawer button').allTextContents()
  expect(own.filter((text) => text !== '').sort()).toEqual([STRANGE, 'Columns', 'seen-1'].sort())
  expect(await page.locator('main input[type=checkbox]').count()).toBe(0)
  expect(await page.title()).toBe('Hosts · Slipway')
  const answered = await page.request.post(`/api/v1/projects/${project}/hosts/${id}/refresh`)
  expect(answered.status()).toBe(403)
  await page.goto(`/projects/${project}/credentials`)
  await page.getByText('ops').first().waitFor()
  expect(await page.locator('main button').count()).toBe(0)
  await tab.close()
})

test('a credential is made by clicks; nothing that comes back holds its secret', async () => {
  const tab = await open('/credentials')
  const { page } = tab
  await page.getByRole('button', { name: 'New credential' }).click()
  const form = page.locator('.ant-modal')
  await form.getByLabel('Name').fill('deploy')
  await form.getByLabel('User').fill('deploy')
  await form.getByLabel('Private key', { exact: true }).last().fill('no key at all')
  await form.getByRole('button', { name: 'Create' }).click()
  await form.locator('.ant-form-item-explain-error').first().waitFor()
  await form.getByText('Password', { exact: true }).click()
  await form.getByLabel('Password', { exact: true }).last().fill('open sesame')
  await form.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('cell', { name: 'deploy' }).first().waitFor()
  const told = await page.request.get(`/api/v1/projects/${project}/credentials`)
  expect(await told.text()).not.toContain('sesame')
  await tab.close()
})

test.each(looks)(
  'facts and dialogues fit, are translated and have no barrier: $language, $mode, $width',
  async (look) => {
    const tab = await site.browser.open(look)
    await signIn(tab, 'captain', PASSWORD, '/account')
    const found: Record<string, string[]> = {}
    for (const path of [`hosts?host=${strange}`, 'hosts?add=many', 'credentials?add=true']) {
      await tab.page.goto(`/projects/${project}/${path}`)
      await tab.page.locator('.ant-drawer-body .facts, .ant-modal-footer').first().waitFor()
      await settled(tab)
      const faults = await faultsOf(tab)
      if (faults.length > 0) found[path] = faults
      tab.errors.length = 0
    }
    expect(found).toEqual({})
    await tab.close()
  },
)

/** A page of the project, signed in. */
async function open(path: string, name = 'captain'): Promise<Tab> {
  const tab = await site.browser.open()
  await signIn(tab, name, PASSWORD, `/projects/${project}${path}`)
  return tab
}

/** A host whose facts were read; answers its id. */
async function ready(name: string, address: string, tags: string[] = []): Promise<string> {
  const { id } = await callApi(to, `${HOSTS}/CreateHost`, {
    project,
    name,
    address,
    credential: await ops(),
    tags,
  })
  const state = async () => (await callApi(to, `${HOSTS}/GetHost`, { project, id })).state
  await vi.waitFor(async () => expect(await state()).toBe('ready'), { timeout: 30_000, interval: 200 })
  return id
}

async function ops(): Promise<string> {
  const { credentials } = await callApi(to, 'slipway.credential.v1.CredentialService/ListCredentials', {
    project,
  })
  return credentials.find(({ name }: { name: string }) => name === 'ops').id
}
