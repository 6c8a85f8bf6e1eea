import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn } from './browser.ts'
import { type Site, startSite } from './site.ts'

const PASSWORD = 'seven blue anchors'
let site: Site
beforeAll(async () => {
  site = await startSite()
  await site.makeProject('shop')
})
afterAll(() => site?.stop())

test('a wrong password is said, and too many lock the name for a time that counts down to the next try', async () => {
  await site.person('ada', PASSWORD, { administrator: true })
  const { page, errors, close } = await site.browser.open()
  await page.goto('/sign-in')
  await page.getByLabel('Name').fill('ada')
  const attempt = async (password: string) => {
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  const refused = () => page.waitForResponse((answer) => answer.url().endsWith('/api/v1/sessions'))
  for (let tries = 0; tries < 5; tries++) {
    const answered = refused()
    await attempt('a wrong password')
    expect((await answered).status()).toBe(401)
    await page.getByRole('alert').getByText('Name or password is wrong').waitFor()
  }
  // What was typed is not lost, and the next try needs no mouse.
  expect(await page.getByLabel('Name').inputValue()).toBe('ada')
  expect(await page.getByLabel('Password', { exact: true }).evaluate(isFocused)).toBe(true)
  await attempt('a wrong password')
  await page.getByText('Too many tries failed').waitFor()
  const left = async () =>
    Number(/Try again in (\d+) s\./.exec((await page.getByRole('timer').textContent()) ?? '')?.[1])
  const first = await left()
  expect(first).toBeGreaterThan(3)
  expect(first).toBeLessThanOrEqual(10)
  await expect.poll(left, { timeout: 5_000 }).toBeLessThan(first)
  await page.getByText('You can try again now.').waitFor()
  await attempt(PASSWORD)
  await page.getByRole('heading', { name: 'shop' }).waitFor()
  expect(errors).toEqual([])
  await close()
})

test('without a mouse: signing in, skipping to the page, and going anywhere by the palette', async () => {
  await site.person('bea', PASSWORD, { administrator: true })
  const { page, errors, close } = await site.browser.open()
  const { keyboard } = page
  await page.goto('/sign-in')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await keyboard.type('bea')
  await keyboard.press('Tab')
  await keyboard.type(PASSWORD)
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'shop' }).waitFor()

  await keyboard.press('Tab')
  expect(await page.getByRole('link', { name: 'Skip to the page' }).evaluate(isFocused)).toBe(true)
  await keyboard.press('Enter')
  expect(await page.locator('main').evaluate(isFocused)).toBe(true)

  const palette = page.getByRole('dialog')
  await keyboard.press('Control+k')
  await palette.waitFor()
  await keyboard.type('clust')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Clusters' }).waitFor()
  expect(await palette.count()).toBe(0)

  await keyboard.press('Control+k')
  await palette.waitFor()
  await keyboard.press('Escape')
  await palette.waitFor({ state: 'detached' })

  await keyboard.press('Control+k')
  await keyboard.type('appearance')
  await keyboard.press('ArrowDown')
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await page.locator('html[style*="color-scheme: dark"]').waitFor({ state: 'attached' })
  await keyboard.press('Control+k')
  await keyboard.type('简体')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: '集群' }).waitFor()
  await keyboard.press('Control+k')
  await keyboard.type('退出')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: '登录' }).waitFor()
  expect(errors).toEqual([])
  await close()
})

test('signing out everywhere ends the session of another browser, which comes back to its page after signing in', async () => {
  await site.person('cyd', PASSWORD, { administrator: true })
  const [one, other] = [await site.browser.open(), await site.browser.open()]
  await signIn(other, 'cyd', PASSWORD, '/')
  await other.page.getByRole('link', { name: 'Clusters', exact: true }).click()
  await other.page.getByText('There is no cluster yet.').waitFor()
  const stood = new URL(other.page.url())
  await signIn(one, 'cyd', PASSWORD, '/account')
  await one.page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await one.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  // Nobody touches the other one: it asks by itself for what it shows, and hears that it may not.
  await other.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(new URL(other.page.url()).searchParams.get('to')).toBe(stood.pathname)
  await other.page.getByLabel('Name').fill('cyd')
  await other.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await other.page.keyboard.press('Enter')
  await other.page.getByText('There is no cluster yet.').waitFor()
  expect(other.page.url()).toBe(stood.href)
  expect([...one.errors, ...other.errors]).toEqual([])
  await one.close()
  await other.close()
})

test('after signing in nobody is led to another host, nor to a script', async () => {
  await site.person('dan', PASSWORD, { administrator: true })
  for (const to of ['//evil.example/x', 'https://evil.example', 'javascript:alert(1)', '/\\evil.example']) {
    const tab = await site.browser.open()
    await signIn(tab, 'dan', PASSWORD, to)
    await tab.page.getByRole('heading', { name: 'shop' }).waitFor()
    expect([to, new URL(tab.page.url()).origin, tab.errors]).toEqual([to, site.url, []])
    await tab.close()
  }
})

/** Whether the keyboard writes into it. */
function isFocused(element: { ownerDocument: { activeElement: unknown } }): boolean {
  return element.ownerDocument.activeElement === element
}
