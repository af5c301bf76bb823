import type { Browser, BrowserContextOptions } from 'playwright-core'
import { personaTruth } from '#examples/customer-data/personas.ts'
import { launchChromium } from '#test/support/chromium.ts'
import { type Demo, startDemo } from './demo.ts'
import { openVisitor, type Visitor } from './visitor.ts'

/**
 * What people do, in a real Chromium over real processes: once at a desk, once on a phone that runs no JavaScript.
 * Whatever happens, no page may leave a complaint in the
 * console or be wider than the screen.
 */
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } }
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  javaScriptEnabled: false,
}

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

/** Customer numbers by service line, of the services that MyProximus shows as linked. */
const servicesOf = async ({ page }: Visitor): Promise<Record<string, string[]>> => {
  const cards = await page.locator('[data-service-line]').all()
  const entries = await Promise.all(
    cards.map(async card => [
      await card.getAttribute('data-service-line'),
      await card.locator('dd.number').allTextContents(),
    ]),
  )
  return Object.fromEntries(entries.filter(([, numbers]) => numbers?.length))
}

const expectedServices = (keys: readonly { serviceLine: string; customerId: string }[]) =>
  Object.fromEntries(keys.map(({ serviceLine, customerId }) => [serviceLine, [customerId]]))

describe.each([
  ['at a desk', DESK],
  ['on a phone without JavaScript', PHONE],
])('%s', (_where, options) => {
  let demo: Demo
  let visitor: Visitor
  const heading = () => visitor.page.getByRole('heading', { level: 1 }).textContent()
  const atApp = () => visitor.page.url().startsWith(`${demo.myproximus}/`)

  beforeAll(async () => {
    demo = await startDemo()
  })
  afterAll(async () => {
    await demo.close()
    expect(demo.complaints()).toBe('')
  })
  beforeEach(async () => {
    visitor = await openVisitor(browser, demo, options)
  })
  afterEach(async () => {
    await visitor.close()
    expect(visitor.complaints).toEqual([])
  })

  test('a known customer logs in, sees four services, and no page of PIAS', async () => {
    await visitor.logInAs('lotte')
    expect(await heading()).toBe('Hello Lotte')
    const services = await servicesOf(visitor)
    expect(Object.keys(services).sort()).toEqual(['internet', 'landline', 'mobile', 'tv'])
    expect(services).toEqual(expectedServices(personaTruth().lotte.link))
    expect(visitor.pagesOf(demo.pias)).toEqual([])
    expect(visitor.pagesOf(demo.simulator)).toHaveLength(1)
  })

  test('who comes back logs in the same way, and is the same', async () => {
    await visitor.logInAs('lotte')
    expect(Object.keys(await servicesOf(visitor))).toHaveLength(4)
    expect(visitor.pagesOf(demo.pias)).toEqual([])
  })

  test('who is logged in at PIAS logs in to the app without itsme', async () => {
    await visitor.logInAs('lotte')
    await visitor.page.context().clearCookies({ name: 'myproximus' })
    await visitor.page.goto(demo.myproximus)
    await visitor.press('link', 'Continue with itsme')
    expect(await heading()).toBe('Hello Lotte')
    expect(visitor.pagesOf(demo.simulator)).toHaveLength(1)
    expect(visitor.pagesOf(demo.pias)).toEqual([])
  })

  test('who refuses at itsme can go back to the app, which says so kindly', async () => {
    await visitor.logInAs('refuse')
    expect(visitor.page.url()).toContain(demo.pias)
    expect(await heading()).toBe('You are not logged in')
    await visitor.press('link', 'Back to MyProximus')
    expect(atApp()).toBe(true)
    expect(await heading()).toBe('You did not log in')
    await visitor.press('link', 'Continue with itsme')
    expect(visitor.page.url()).toContain(demo.simulator)
  })

  test('who refuses at itsme can try again', async () => {
    await visitor.logInAs('refuse')
    await visitor.press('link', 'Log in with itsme')
    await visitor.choose('lotte')
    expect(await heading()).toBe('Hello Lotte')
  })

  test('who is new reads what is known and has an account with one click', async () => {
    await visitor.logInAs('nora')
    expect(await heading()).toBe('Are you already our customer?')
    await visitor.press('link', /I am new here/)
    expect(await visitor.page.locator('dl.facts dd').allTextContents()).toEqual(
      expect.arrayContaining(['Nora El Amrani', 'nora.elamrani@example.com']),
    )
    expect(await visitor.page.locator('input:not([type=hidden])').count()).toBe(0)
    await visitor.press('button', 'Create my account')
    expect(atApp()).toBe(true)
    expect(await heading()).toBe('Hello Nora')
    expect(await servicesOf(visitor)).toEqual({})
  })

  test('who may be a customer proves it; what was wrong is said, and kept', async () => {
    const { page, press } = visitor
    await visitor.logInAs('confirm')
    expect(await heading()).toBe('Are you already our customer?')
    await press('link', /Yes, I have an invoice/)
    await page.getByLabel('Customer number').fill('INT-200001')
    await page.getByLabel('Invoice reference').fill('INV-2025-9999999')
    await press('button', 'Continue')

    const summary = page.getByRole('alert')
    expect(await summary.textContent()).toContain('There is a problem')
    expect(await page.title()).toMatch(/^Error:/)
    await page.locator('[role=alert]:focus').waitFor()
    expect(await page.getByLabel('Customer number').inputValue()).toBe('INT-200001')
    await summary.getByRole('link').first().click()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')

    await page.getByLabel('Invoice reference').fill('INV-2025-0200001')
    await press('button', 'Continue')
    expect(await heading()).toBe('We found this')
    expect(await page.getByRole('checkbox').count()).toBe(1)
    await press('button', 'Connect what I chose')
    expect(atApp()).toBe(true)
    expect(await servicesOf(visitor)).toEqual({ internet: ['INT-200001'] })
  })

  test('who logs out of the app is asked about PIAS, and is logged out of both', async () => {
    await visitor.logInAs('lotte')
    await visitor.press('button', 'Log out')
    expect(visitor.page.url()).toContain(demo.pias)
    expect(await heading()).toBe('Do you want to log out?')
    await visitor.press('button', 'Yes, log out')
    expect(atApp()).toBe(true)
    expect(await visitor.page.getByRole('status').textContent()).toContain('You are logged out')
    await visitor.press('link', 'Continue with itsme')
    expect(visitor.page.url()).toContain(demo.simulator)
  })
})
