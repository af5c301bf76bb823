import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { createAccountAccess } from '#src/accounts/account-access.ts'
import { AUTHOR } from '#test/support/author.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, toCallback } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { inChromium } from './in-chromium.ts'

/**
 * How people choose a way to log in, and what they are told when they cannot: in Chromium, at a desk and on a phone that
 * runs no JavaScript.
 */
type Client = typeof TEST_CLIENT

const place = inChromium()
let straight: Client
let offering: Client
let running: RunningPias
beforeAll(async () => {
  const shop = { client_name: 'Synthetic shop', redirect_uris: [place.app.redirectUri] }
  straight = { ...TEST_CLIENT, ...shop, client_id: 'straight' }
  offering = { ...TEST_CLIENT, ...shop, client_id: 'offering' }
  running = await startPias({ clients: [straight, { ...offering, pias_rollout: { existing: { phase: 'offer' } } }] })
})
afterAll(() => running.close())

describe.each<[string, BrowserContextOptions]>([
  ['at a desk', { viewport: { width: 1280, height: 800 } }],
  ['on a phone without JavaScript', { viewport: { width: 390, height: 844 }, javaScriptEnabled: false }],
])('%s', (_where, options) => {
  let context: BrowserContext
  let page: Page
  const heading = () => page.getByRole('heading', { level: 1 }).textContent()
  const authorize = (client: Client) =>
    createTestApp(running, client).authorize({ ui_locales: 'en', redirect_uri: place.app.redirectUri }).url
  const open = (client: Client) => page.goto(authorize(client))
  const press = (name: string) => page.getByRole('link', { name }).click()
  const choose = (persona: string) => page.locator(`button[name="persona"][value="${persona}"]`).click()
  const atApp = () => place.app.arrival(page)
  /** The answer of itsme to a login that another browser began. */
  const callbackElsewhere = () => toCallback(createHttpBrowser(), authorize(straight), 'thomas')

  beforeEach(async () => {
    context = await place.browser.newContext({ locale: 'en-GB', ...options })
    page = await context.newPage()
  })
  afterEach(() => context.close())

  test('where the app offers a choice, itsme is one press away, and remembered', async () => {
    await open(offering)
    expect(await heading()).toBe('How do you want to log in?')
    expect(await page.getByText('last time').count()).toBe(0)
    await press('Log in with itsme')
    await choose('lotte')
    expect((await atApp()).has('code')).toBe(true)

    const kept = (await context.cookies()).filter(({ name }) => name === 'pias_browser')
    expect(kept).toHaveLength(1)
    await context.clearCookies()
    await context.addCookies(kept)
    await open(offering)
    expect(await page.getByText('last time').count()).toBe(1)
  })

  test('who says no at itsme is back at the choice, and tells the app only by leaving', async () => {
    await open(offering)
    await press('Log in with itsme')
    await choose('refuse')
    await page.getByRole('heading', { name: 'You are not logged in' }).waitFor()
    await page.reload()
    expect(await heading()).toBe('You are not logged in')
    await press('Cancel and go back to Synthetic shop')
    expect((await atApp()).get('error')).toBe('access_denied')
  })

  test('a browser that keeps no cookies is told so, and what to do', async () => {
    // The answer reaches the browser without its cookie.
    await page.route('**/callback/itsme**', async route => {
      const answer = await createHttpBrowser().get(route.request().url(), { 'sec-fetch-mode': 'navigate' })
      await route.fulfill({ status: answer.status, headers: { location: answer.location ?? '' } })
    })
    await page.goto(await callbackElsewhere())
    expect(await heading()).toBe('Your browser does not accept cookies')
    expect(await page.getByRole('listitem').filter({ hasText: 'Allow cookies' }).count()).toBe(1)
  })

  test('another browser is told to go on where it began, sent round once to see whether it keeps cookies', async () => {
    const redirects: string[] = []
    page.on('response', response => void (response.status() === 303 && redirects.push(response.url())))
    await page.goto(await callbackElsewhere())
    expect(await heading()).toBe('Continue where you started')
    expect(redirects).toHaveLength(1)
    await page.goto(await callbackElsewhere())
    // By now there is a cookie.
    expect(redirects).toHaveLength(1)
  })

  test('who is blocked is told where people help, and not why', async () => {
    await open(straight)
    await choose('senior')
    await atApp()
    const events = await running.pias.store.audit.list({ after: 0, limit: 1000 })
    const accountId = events.filter(({ type }) => /^account\.(opened|unblocked)$/.test(type)).at(-1)?.accountId as never
    const access = createAccountAccess({ ...running.pias.store, clock: Date.now })
    await access.block(accountId, AUTHOR)
    await open(straight)
    await choose('senior')
    await page.getByRole('heading', { name: 'We cannot log you in now' }).waitFor()
    expect(await page.getByText(/block|fraud/i).count()).toBe(0)
    await press('Cancel and go back to Synthetic shop')
    expect((await atApp()).get('error')).toBe('access_denied')
    await access.unblock(accountId, AUTHOR)
  })
})
