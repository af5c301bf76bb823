import type { Browser, Page } from 'playwright-core'
import { type RunningConsole, startConsole } from '#test/console/support.ts'
import { addSecondLogin } from '#test/support/add-second-login.ts'
import { launchChromium } from '#test/support/chromium.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { becomeFirstOwner, problemsOf, signInToConsole } from './console-visitor.ts'

/** The console in Chromium: who uses it without JavaScript, on a phone and by keyboard gets as far as anybody. */
/** ADR 0030. */
const BUDGET = { requests: 4, bytes: 45 * 1024 } as const
const PHONE = { width: 320, height: 640 }
const DESKTOP = { width: 1280, height: 800 }

let browser: Browser
let admin: RunningConsole
/** The owner at a desktop in the light, and at a phone in the dark without JavaScript; a linker. */
let desktop: Page
let phone: Page
let linker: Page
let lotte: string

/** Accounts of nobody who works here. */
const GUESTS = ['synthetic-guest', 'synthetic-other']

beforeAll(async () => {
  ;[browser, admin] = await Promise.all([launchChromium(), startConsole()])
  const { store } = admin.running.pias
  lotte = (await admin.login('lotte')).accountId
  const thomas = (await admin.login('thomas')).accountId
  for (const id of GUESTS) {
    await store.accounts.open({
      account: { id: id as never, createdAt: 0, updatedAt: 0, claims: { name: 'Synthetic Guest' } },
      identity: { issuer: 'https://itsme.example', clientId: 'pias', subject: id },
      customers: [],
      events: [],
    })
  }
  desktop = await signInToConsole(browser, admin, { viewport: DESKTOP, colorScheme: 'light' })
  await becomeFirstOwner(desktop, admin)
  await admin.give(thomas, ['linker'])
  phone = await signInToConsole(browser, admin, { viewport: PHONE, colorScheme: 'dark', javaScriptEnabled: false })
  linker = await signInToConsole(browser, admin, { persona: /Thomas/, viewport: PHONE, colorScheme: 'dark' })
  await meetUncertain(admin.running, 'confirm')
  await runJobs(admin.running.pias, ['funnel', 'alarms', 'audit sealing', 'audit verification'])
})

afterAll(async () => {
  await browser?.close()
  await admin?.close()
})

/** Raises a review of the first guest. */
const raiseReview = (): Promise<boolean> =>
  admin.running.pias.store.reviews.raise({
    matter: { kind: 'rebind', accountId: GUESTS[0] as never },
    raisedAt: 1,
    data: { cause: 'synthetic' },
    events: [],
  })

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()

test('an app is registered by the wizard, by keyboard alone, and its rollout changed after a preview and taken back', async () => {
  const page = desktop
  await page.goto(`${admin.origin}/clients`)
  await page.getByRole('link', { name: 'Register an app' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Web app' }).focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('Name', { exact: true }).focus()
  await page.keyboard.type('Synthetic shop')
  await page.keyboard.press('Tab')
  await page.keyboard.type('shop')
  await page.keyboard.press('Tab')
  await page.keyboard.type('https://*.example/cb')
  await page.getByRole('button', { name: 'Check it' }).focus()
  await page.keyboard.press('Enter')
  const redirects = page.getByLabel('Where people return to')
  await page.getByText('must not have a wildcard: list every address as it is').waitFor()
  expect([await page.title(), await redirects.getAttribute('aria-invalid')]).toEqual([
    'Error: Web app – PIAS console',
    'true',
  ])
  expect(await problemsOf(page)).toEqual([])
  await redirects.fill('https://shop.example/cb')
  await press(page, 'Check it')
  await page.getByText('use private_key_jwt with jwks_uri').waitFor()
  expect(await problemsOf(page)).toEqual([])
  await press(page, 'Register the app')
  await page.getByText('It is shown once').waitFor()
  expect(await problemsOf(page)).toEqual([])

  await page.getByRole('link', { name: 'Decide on its rollout' }).click()
  await page.getByLabel('Existing accounts: phase').selectOption('offer')
  await page.getByLabel('Existing accounts: for how many of a hundred').fill('10')
  await page.getByRole('textbox', { name: 'Why' }).fill('a synthetic pilot')
  await press(page, 'Show what would change')
  await page.getByText('Nothing is changed yet').waitFor()
  expect(await page.getByRole('cell', { name: 'changes' }).count()).toBeGreaterThan(0)
  expect(await problemsOf(page)).toEqual([])
  await press(page, 'Put it in force')
  await page.getByText('Saved. It applies from the next request on.').waitFor()
  expect(await page.getByText('Offer: a choice among others, for 10 %').count()).toBe(1)
  await page.getByRole('region').getByText('a synthetic pilot').waitFor()
  await page.locator('form', { hasText: 'Revert' }).getByRole('textbox', { name: 'Why' }).fill('the pilot is over')
  await press(page, 'Revert')
  await page.getByText('Nothing is done yet').waitFor()
  expect(await problemsOf(page)).toEqual([])
  await press(page, 'Revert')
  await page.getByText('Reverted.').waitFor()
})

test('the settings of an app: a wrong value is told beside its field and mended, on a phone without JavaScript; of two admins neither is lost', async () => {
  const path = `${admin.origin}/clients/shop/settings`
  await desktop.goto(path)
  await phone.goto(path)
  const redirects = phone.getByLabel('Where people return to')
  await redirects.fill('https://shop.example/cb\nhttps://shop.example/cb#top')
  await phone.getByLabel('Colour of buttons and links').fill('#ffff00')
  await press(phone, 'Save the settings')
  await phone.getByRole('link', { name: /^Where people return to: must not have a fragment/ }).click()
  expect(phone.url()).toMatch(/#part-\d+-redirect_uris$/)
  expect(await redirects.getAttribute('aria-invalid')).toBe('true')
  expect(await phone.locator('.field-error').allTextContents()).toEqual([
    expect.stringMatching(/^has a contrast .*: choose a colour that white text can be read on$/),
    'https://shop.example/cb#top must not have a fragment: remove what follows #',
  ])
  await redirects.fill('https://shop.example/cb\nhttps://shop.example/cb2')
  await phone.getByLabel('Colour of buttons and links').fill('#5c2d91')
  await phone.getByLabel('Access tokens live (seconds)').fill('120')
  await press(phone, 'Save the settings')
  await phone.getByText('Saved. It applies').waitFor()
  expect(await redirects.inputValue()).toBe('https://shop.example/cb\nhttps://shop.example/cb2')

  // Somebody who had the form open all the while, by keyboard, and mistypes at first.
  const page = desktop
  await page.getByLabel('Website').focus()
  await page.keyboard.type('shop.example')
  await page.getByLabel('Colour of buttons and links').focus()
  await page.keyboard.type('#123456')
  await page.keyboard.press('Enter')
  await page.getByText('Some fields need another look').waitFor()
  expect(await problemsOf(page)).toEqual([])
  await page.getByLabel('Website').fill('https://shop.example')
  await page.getByRole('button', { name: 'Save the settings' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Somebody changed this since you looked at it').waitFor()
  expect(await problemsOf(page)).toEqual([])
  const changes = page.getByRole('region', { name: 'What somebody else has saved meanwhile' })
  expect(await changes.getByRole('row').count()).toBe(4)
  await changes.getByRole('row', { name: /Colour of buttons.*#5c2d91.*#123456/ }).waitFor()
  await press(page, 'Save the settings')
  await page.getByText('Saved. It applies').waitFor()
  await phone.reload()
  expect(await phone.getByLabel('Website').inputValue()).toBe('https://shop.example')
  expect(await phone.getByLabel('Colour of buttons and links').inputValue()).toBe('#123456')
  expect(await phone.getByLabel('Access tokens live (seconds)').inputValue()).toBe('120')
})

test('on a phone without JavaScript: why a record is linked; a merge, approved by somebody else, and undone', async () => {
  const page = phone
  await page.goto(`${admin.origin}/people/${lotte}/why`)
  await page.getByRole('region', { name: 'Its records' }).getByRole('link').first().click()
  const waterfall = page.getByRole('region', { name: /Evidence for/ }).first()
  expect(await waterfall.getByRole('row').count()).toBeGreaterThan(4)
  expect(await waterfall.locator('svg').count()).toBeGreaterThan(3)

  await page.goto(`${admin.origin}/people/${GUESTS[0]}/links`)
  const merge = page.locator('form', { hasText: 'Into account' })
  await merge.getByRole('textbox', { name: 'Into account' }).fill(GUESTS[1] ?? '')
  await merge.getByRole('textbox', { name: 'Why' }).fill('one synthetic person')
  await merge.getByRole('button').click()
  await page.getByText('Nothing is done yet').waitFor()
  await press(page, 'Propose it to somebody else')
  await page.getByText('Somebody else must approve it.').first().waitFor()

  await linker.goto(`${admin.origin}/proposals`)
  await linker.getByRole('region').getByRole('link').first().click()
  expect(await problemsOf(linker)).toEqual([])
  await press(linker, 'Approve')
  await linker.getByText('It can be undone.').waitFor()
  await press(linker, 'Approve')
  await linker.getByText('Approved and done.').waitFor()
  await page.goto(`${admin.origin}/people/${GUESTS[0]}`)
  expect(await page.getByText('part of another').count()).toBe(1)
  await linker.getByRole('textbox', { name: 'Why' }).fill('two synthetic people')
  await press(linker, 'Undo')
  await linker.getByText('Nothing is done yet').waitFor()
  expect(await problemsOf(linker)).toEqual([])
  await press(linker, 'Undo')
  await linker.getByText('It can be undone from').waitFor()
  await page.reload()
  expect(await page.getByText('part of another').count()).toBe(0)
})

test('on a phone without JavaScript: a login is split off, which closes its review; another is settled by undoing that, and closed with it', async () => {
  const page = phone
  const { store } = admin.running.pias
  await raiseReview()
  await addSecondLogin(store, GUESTS[0] ?? '')
  await page.goto(`${admin.origin}/people/${GUESTS[0]}/links`)
  const split = page.locator('form', { hasText: 'Which login leaves' })
  await split.getByLabel('Which login leaves').selectOption({ index: 0 })
  await split.getByRole('textbox', { name: 'Why' }).fill('two synthetic people')
  await split.getByRole('button').click()
  await page.getByText('A new account is opened').waitFor()
  await press(page, 'Do it')
  await page.getByText('It can be undone from').waitFor()

  await linker.goto(`${admin.origin}/reviews`)
  const toLookAt = linker.getByRole('region', { name: 'Links to look at' }).getByRole('link')
  expect(await toLookAt.count()).toBe(0)
  await raiseReview()
  await linker.reload()
  await toLookAt.first().click()
  expect(await problemsOf(linker)).toEqual([])
  const undo = linker.locator('form', { hasText: 'Which act' })
  await undo.getByRole('textbox', { name: 'Why' }).fill('it was one person')
  await undo.getByRole('button').click()
  await linker.getByText('Nothing is done yet').waitFor()
  expect(await problemsOf(linker)).toEqual([])
  await press(linker, 'Do it and close')
  await linker.getByText('the review is closed').waitFor()
})

test('a test login as an app shows its steps and claims', async () => {
  const page = desktop
  await page.goto(`${admin.origin}/clients/test-app/trial`)
  await page.getByLabel('Pages').selectOption('login')
  await press(page, 'Prepare the login')
  await page.getByRole('link', { name: 'Log in as this app' }).click()
  await page.getByText(/Lotte/).first().click()
  await page.waitForURL(url => url.pathname === '/trial/callback')
  await page.getByText('The app would have somebody logged in').waitFor()
  expect(await page.getByRole('cell', { name: 'Went to itsme' }).count()).toBe(1)
  expect(await page.getByRole('region', { name: 'Userinfo' }).last().textContent()).toContain(lotte)
  expect(await problemsOf(page)).toEqual([])
})

test.each([0, 1])(
  'every page, half %i: no violation, in the dark on a phone or in the light on a desktop; within its budget',
  async half => {
    const matter = { kind: 'record-withdrawn' as const, accountId: GUESTS[0] as never }
    const customer = { serviceLine: 'tv' as const, customerId: 'TV-SYNTHETIC' }
    await admin.running.pias.store.reviews.raise({
      matter: { ...matter, customer },
      raisedAt: 2,
      data: { method: 'match' },
      events: [],
    })
    const [review] = await admin.running.pias.store.reviews.list({ limit: 1 })
    const change = (
      await admin.running.pias.store.linkChanges.list({ of: { accountId: GUESTS[0] as never }, limit: 1 })
    )[0]
    const [undecided] = await admin.running.pias.store.audit.search({ type: 'link.unresolved', limit: 1 })
    const paths = [
      '/',
      '/clients',
      '/clients/new',
      '/apis',
      '/clients/new?preset=web',
      '/clients/shop',
      '/clients/shop/settings',
      '/clients/shop/settings/json',
      '/clients/test-app/settings',
      '/clients/shop/secrets',
      '/clients/shop/rollout',
      '/clients/test-app',
      '/people',
      `/people/${lotte}`,
      `/people/${lotte}/timeline`,
      `/people/${lotte}/why`,
      `/people/${lotte}/links`,
      `/link-changes/${change?.id}`,
      '/clients/test-app/trial',
      '/clients/test-app/preview',
      '/clients/test-app/code',
      '/rules',
      '/proposals',
      '/reviews',
      `/reviews/${review?.id}`,
      `/reviews/undecided/${undecided?.at}.${undecided?.sequence}`,
      '/alarms',
      '/alarms/record',
      '/audit',
      '/admins',
      `/admins/${lotte}`,
      '/signed-out',
      '/nothing-here',
    ]
    const dark = await browser.newContext({ viewport: PHONE, colorScheme: 'dark' })
    await dark.addCookies(await desktop.context().cookies())
    const small = await dark.newPage()
    const middle = Math.ceil(paths.length / 2)
    for (const [index, path] of paths.slice(half * middle, (half + 1) * middle).entries()) {
      const traffic: Promise<number>[] = []
      const complaints: string[] = []
      desktop.on('requestfinished', request => {
        if (!request.url().startsWith('data:'))
          traffic.push(request.sizes().then(({ responseBodySize }) => responseBodySize))
      })
      desktop.on('console', message => {
        if (message.type() === 'error' && !message.text().includes('404')) complaints.push(message.text())
      })
      await desktop.goto(`${admin.origin}${path}`)
      // Blocks are the same on all pages: one look at each page sees every block in both.
      const page = index % 2 === 0 ? desktop : small
      if (page === small) await small.goto(`${admin.origin}${path}`)
      expect(await problemsOf(page)).toEqual([])
      const bytes = (await Promise.all(traffic)).reduce((sum, size) => sum + size, 0)
      expect([path, traffic.length <= BUDGET.requests, bytes < BUDGET.bytes, complaints]).toEqual([
        path,
        true,
        true,
        [],
      ])
      desktop.removeAllListeners()
    }
    await dark.close()
  },
)

test('a skip link leads to the content', async () => {
  await desktop.goto(`${admin.origin}/audit`)
  await desktop.keyboard.press('Tab')
  expect(await desktop.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
  await desktop.keyboard.press('Enter')
  expect(await desktop.evaluate(() => document.activeElement?.id)).toBe('main')
})
