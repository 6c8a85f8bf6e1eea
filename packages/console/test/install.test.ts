import { generateKeyPairSync } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { type Connection, callApi } from '@slipway/cli/api'
import { extract } from 'tar-stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultsOf, signIn } from './browser.ts'
import { type Site, startSite } from './site.ts'

const PASSWORD = 'seven blue anchors'
let site: Site
let to: Connection
let project: string
beforeAll(async () => {
  site = await startSite()
  to = await site.administrator()
  await site.person('captain', PASSWORD, { administrator: true })
  await site.person('guest', PASSWORD)
  project = (await callApi(to, 'slipway.project.v1.ProjectService/CreateProject', { name: 'shop' })).id
})
afterAll(() => site?.stop())

test('a project is made by clicks, the switcher knows it, and a person becomes its viewer, then its operator', async () => {
  const tab = await site.browser.open()
  const { page } = tab
  await signIn(tab, 'captain', PASSWORD, '/projects')
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByLabel('Name').fill('Not a name')
  await page.getByRole('button', { name: 'Create project' }).click()
  await page.getByText('has a form that is not allowed').waitFor()
  await page.getByLabel('Name').fill('harbour')
  await page.getByRole('button', { name: 'Create project' }).click()
  await page.getByRole('heading', { name: 'harbour' }).waitFor()
  await page.locator('.project-switcher', { hasText: 'harbour' }).waitFor()
  await page.getByRole('link', { name: 'Members' }).click()
  await page.getByText('Nobody is a member yet').waitFor()
  await page.getByLabel('Person').click()
  await page.getByTitle('guest', { exact: true }).click()
  await page.getByRole('button', { name: 'Make a member' }).click()
  await page.getByLabel('Role of guest').click()
  await page
    .locator('.ant-select-dropdown:visible')
    .getByTitle(/^Operator/)
    .click()
  const { projects } = await callApi(to, 'slipway.project.v1.ProjectService/ListProjects', {})
  const { id } = projects.find(({ name }: { name: string }) => name === 'harbour')
  const roles = async () =>
    (await callApi(to, 'slipway.project.v1.ProjectService/ListMembers', { project: id })).members.map(
      ({ role }: { role: string }) => role,
    )
  await expect.poll(roles).toEqual(['operator'])
  expect(await faultsOf(tab)).toEqual([])
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.locator('.ant-popconfirm').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('Nobody is a member yet').waitFor()
  await tab.close()
})

test('a person is made by clicks and comes in by the link that is shown once; disabled and let in again; the last administrator stays', async () => {
  const tab = await site.browser.open()
  const { page } = tab
  await signIn(tab, 'captain', PASSWORD, '/users')
  await page.getByRole('button', { name: 'New person' }).click()
  const form = page.getByRole('dialog', { name: 'New person' })
  await form.getByLabel('Name').fill('guest')
  await form.getByRole('button', { name: 'New person' }).click()
  await form.getByText('There is a user guest already').waitFor()
  await form.getByLabel('Name').fill('bosun')
  await form.getByRole('button', { name: 'New person' }).click()
  const shown = page.getByRole('dialog', { name: 'Link for bosun' })
  const link = await shown.getByLabel('Link for bosun').inputValue()
  expect(await faultsOf(tab)).toEqual([])
  await shown.getByRole('button', { name: 'Done' }).click()
  await page.reload()
  expect(await page.getByRole('dialog').count()).toBe(0)

  const other = await site.browser.open()
  await other.page.goto(link)
  await other.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await other.page.getByLabel('Password again').fill(PASSWORD)
  await other.page.getByRole('button', { name: 'Set password and sign in' }).click()
  await other.page.locator('#navigation').waitFor({ state: 'attached' })
  expect(await other.page.getByRole('link', { name: 'People' }).count()).toBe(0)

  await page.getByLabel('Find by name').fill('SUN')
  const row = page.getByRole('row', { name: /bosun/ })
  await row.getByRole('button', { name: 'Disable' }).click()
  await page.locator('.ant-popconfirm').getByRole('button', { name: 'Disable' }).click()
  await row.getByText('Disabled').waitFor()
  await other.page.reload()
  await other.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await row.getByRole('button', { name: 'Enable' }).click()
  await row.getByText('May sign in').waitFor()
  await row.getByRole('button', { name: 'New link' }).click()
  await page.locator('.ant-popconfirm').getByRole('button', { name: 'New link' }).click()
  expect(await shown.getByLabel('Link for bosun').inputValue()).not.toBe(link)
  await shown.getByRole('button', { name: 'Done' }).click()

  await page.getByLabel('Find by name').fill('')
  const first = page.getByRole('switch', { name: 'admin is an administrator' })
  await first.click()
  await expect.poll(() => first.getAttribute('aria-checked')).toBe('false')
  const self = page.getByRole('row', { name: /captain/ })
  await self.getByRole('button', { name: 'Disable' }).click()
  await page.locator('.ant-popconfirm').getByRole('button', { name: 'Disable' }).click()
  await self.getByText('this is the last enabled administrator').waitFor()
  await first.click()
  await expect.poll(() => first.getAttribute('aria-checked')).toBe('true')
  expect(await faultsOf(tab)).toEqual([])
  await tab.close()
  await other.close()
})

test('an administrator sees that the install is well, by all that it rests on, and nobody else does', async () => {
  const tab = await site.browser.open()
  const { page } = tab
  await signIn(tab, 'captain', PASSWORD, '/')
  await page.getByRole('link', { name: 'This install' }).click()
  await page.getByText('All is well').waitFor()
  for (const name of ['api-gateway', 'cluster-manager', 'ansible-runner', 'repo-proxy']) {
    const [service] = await page.locator('.row', { hasText: name }).filter({ hasText: 'Ready' }).all()
    expect(await service?.textContent()).toContain('started')
  }
  for (const [name, said] of [
    ['PostgreSQL', 'Answers'],
    ['NATS', 'Answers'],
    ['postgres, nats, repo', 'free'],
    ['CA', 'until'],
  ] as const) {
    await page.locator('.row', { hasText: name }).filter({ hasText: said }).waitFor()
  }
  await page.getByText(/Looked at [0-9] s ago/).waitFor()
  expect(await faultsOf(tab)).toEqual([])
  await tab.close()
  const other = await site.browser.open()
  await signIn(other, 'guest', PASSWORD, '/install')
  await other.page.getByText('Not allowed').waitFor()
  expect(await other.page.getByRole('link', { name: 'This install' }).count()).toBe(0)
  await other.close()
})

test('the support bundle has health, operations and log, and none of the secrets that the install holds', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const [, , keyBody = ''] = privateKey.split('\n')
  const hidden = { password: 'hush-hush-anchor', sudo: 'hush-hush-sudo', passphrase: 'hush-hush-phrase' }
  const credentials = 'slipway.credential.v1.CredentialService/CreateCredential'
  const first = { name: 'word', kind: 'password', password: hidden.password, sudoPassword: hidden.sudo }
  await callApi(to, credentials, { project, user: 'ops', ...first })
  await callApi(to, credentials, { project, user: 'ops', name: 'key', kind: 'private-key', privateKey })
  // What is wrong is refused, and recorded all the same.
  const wrong = { name: 'wrong', kind: 'private-key', privateKey: 'no key', passphrase: hidden.passphrase }
  await callApi(to, credentials, { project, user: 'ops', ...wrong }).catch(() => {})
  const identity = 'slipway.identity.v1.IdentityService'
  const made = await callApi(to, `${identity}/CreateToken`, { name: 'ci', expiresInHours: 1 })
  const invited = await callApi(to, `${identity}/CreateUser`, { name: 'invited' })

  const tab = await site.browser.open()
  const { page, context } = tab
  await signIn(tab, 'captain', PASSWORD, '/install')
  const saved = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Support bundle' }).click()
  const file = await saved
  expect(file.suggestedFilename()).toBe('slipway-support-bundle.tar.gz')
  const files = await unpack(await file.path())
  expect(files.get('health.json')).toContain('"cluster-manager"')
  expect(files.get('log.jsonl')).toContain('repo-proxy is ready')
  expect(files.get('audit.jsonl')).toContain('CredentialService/CreateCredential')
  expect(files.get('projects/shop/counts.json')).toContain('"hosts"')
  expect(files.get('missing.txt')).toBe('')

  const session = (await context.cookies()).find(({ name }) => name === '__Host-slipway')?.value
  const known = {
    token: to.token,
    made: made.secret,
    code: invited.enrolmentCode,
    session,
    keyBody,
    PASSWORD,
  }
  const all = [...files.values()].join('\n')
  for (const [name, secret] of Object.entries({ ...known, ...hidden, link: site.firstLink })) {
    expect(secret, name).toMatch(/.{8}/)
    // Of a token or link its last part is the secret.
    const part = String(secret).split(/[_=]/).at(-1) ?? ''
    expect(all.includes(part), name).toBe(false)
  }
  expect(all).not.toMatch(/postgres(ql)?:\/\/|PRIVATE KEY/)
  await tab.close()
})

test('a version is switched off by a click; who may not sees only how it is', async () => {
  const tab = await site.browser.open()
  const { page } = tab
  await signIn(tab, 'captain', PASSWORD, '/versions')
  const first = page.getByRole('switch').first()
  await first.waitFor()
  const was = await first.getAttribute('aria-checked')
  await first.click()
  await expect.poll(() => first.getAttribute('aria-checked')).not.toBe(was)
  await page.reload()
  await expect.poll(() => first.getAttribute('aria-checked')).not.toBe(was)
  await tab.close()
  const other = await site.browser.open()
  await signIn(other, 'guest', PASSWORD, '/versions')
  await other.page.locator('tbody tr').first().waitFor()
  expect(await other.page.getByRole('switch').count()).toBe(0)
  expect(await other.page.getByRole('link', { name: 'Audit' }).count()).toBe(0)
  await other.close()
})

test('the audit is searched, an entry shows what it was before and after, and what is shown is taken along', async () => {
  const description = '<b>=1+1</b>'
  await callApi(to, 'slipway.project.v1.ProjectService/UpdateProject', { project, description })
  const tab = await site.browser.open()
  const { page } = tab
  await signIn(tab, 'captain', PASSWORD, `/audit?project=${project}`)
  await page.getByRole('button', { name: 'UpdateProject' }).first().click()
  await page.getByRole('region', { name: 'After' }).getByText(description).waitFor()
  expect(await page.getByRole('region', { name: 'Before' }).textContent()).not.toContain(description)
  expect(await faultsOf(tab)).toEqual([])
  await page.reload()
  await page.getByRole('region', { name: 'After' }).waitFor()
  await page.goBack()
  await page.getByRole('region', { name: 'After' }).waitFor({ state: 'detached' })
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'This page as CSV' }).click()
  const csv = await readFile(await (await saved).path(), 'utf8')
  expect(csv).toContain('slipway.project.v1.ProjectService/UpdateProject')
  await page.getByLabel('Find by the id of an object').fill('nothing-has-this-id')
  await page.getByText('Nothing is like that.').waitFor()
  await tab.close()
})

/** The files of a support bundle by their names. */
async function unpack(path: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for await (const entry of createReadStream(path).pipe(createGunzip()).pipe(extract())) {
    files.set(entry.header.name.replace('slipway-support/', ''), await text(entry))
  }
  return files
}
