import type { Browser, BrowserContextOptions } from 'playwright-core'
import { launchChromium } from '#test/support/chromium.ts'
import { type Demo, startDemo } from './demo.ts'
import { openVisitor, type Visitor } from './visitor.ts'

/** The sample apps as people use them, in a real Chromium over real processes. */
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } }
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  javaScriptEnabled: false,
}

let browser: Browser
let demo: Demo
const visitors: Visitor[] = []

beforeAll(async () => {
  ;[browser, demo] = await Promise.all([launchChromium(), startDemo()])
})
afterAll(async () => {
  await browser.close()
  await demo.close()
  expect(demo.complaints()).toBe('')
})
afterEach(async () => {
  const complaints = visitors.flatMap(visitor => visitor.complaints)
  await Promise.all(visitors.splice(0).map(visitor => visitor.close()))
  expect(complaints).toEqual([])
})

const visit = async (options: BrowserContextOptions): Promise<Visitor> => {
  const visitor = await openVisitor(browser, demo, options)
  visitors.push(visitor)
  return visitor
}

const heading = ({ page }: Visitor) => page.getByRole('heading', { level: 1 }).textContent()

describe('Pickx', () => {
  /** A TV that shows its code; its address is what the QR code holds. */
  const switchOn = async () => {
    const tv = await visit(DESK)
    await tv.page.goto(demo.apps['pickx-tv'])
    await tv.press('button', 'Log in')
    const code = (await tv.page.locator('.code').textContent()) ?? ''
    const link = (await tv.page.getByRole('link', { name: /Open it here/ }).getAttribute('href')) ?? ''
    return { tv, code, link }
  }
  const tvShows = (tv: Visitor, words: RegExp) =>
    tv.page.getByRole('heading', { level: 1, name: words }).waitFor({ timeout: 30_000 })

  test('a TV logs in by a phone that scans its code and runs no JavaScript', async () => {
    const { tv, code, link } = await switchOn()
    const phone = await visit(PHONE)
    await phone.page.goto(link)
    expect(await heading(phone)).toBe('Are you in front of this TV?')
    const shown = (await phone.page.locator('main').textContent()) ?? ''
    for (const words of [code, 'Pickx', 'Pickx on the living-room TV']) expect(shown).toContain(words)
    await phone.press('button', 'Yes, log in on this TV')
    await phone.choose('lotte')
    expect(await heading(phone)).toBe('Look at your TV')
    await tvShows(tv, /Good evening Lotte/)
    expect(await tv.page.locator('.tv .lead').textContent()).toMatch(/TV-\d+/)
    await tv.press('button', 'Log out of this TV')
    expect(await heading(tv)).toMatch(/Everything you watch/)
  })

  test('by a code that is typed; what was wrong is said', async () => {
    const { tv, code, link } = await switchOn()
    const phone = await visit(PHONE)
    await phone.page.goto(link.split('?')[0] ?? '')
    const field = phone.page.getByLabel('Code on your TV')
    await field.fill('BCDF-BCDF')
    await phone.press('button', 'Continue')
    expect(await phone.page.getByRole('alert').textContent()).toContain('We do not know this code')
    await field.fill(code.toLowerCase().replace('-', ''))
    await phone.press('button', 'Continue')
    expect(await phone.page.locator('main').textContent()).toContain(code)
    await phone.press('button', 'No, this is not my TV')
    expect(await heading(phone)).toBe('The TV is not logged in')
    await tvShows(tv, /You are not logged in/)
  })

  test('a phone that is logged in already is asked, and types and scans nothing at itsme', async () => {
    const phone = await visit({ ...PHONE, javaScriptEnabled: true })
    await phone.logInAs('thomas')
    const before = phone.pagesOf(demo.simulator).length
    const { tv, link } = await switchOn()
    await phone.page.goto(link)
    expect(await phone.page.locator('main').textContent()).toMatch(/Logged in asThomas .*Leclercq/)
    await phone.press('button', 'Yes, log in on this TV')
    expect(await heading(phone)).toBe('Look at your TV')
    expect(phone.pagesOf(demo.simulator)).toHaveLength(before)
    await tvShows(tv, /Good evening Thomas/)
  })
})
