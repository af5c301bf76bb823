import type { Browser, Page } from 'playwright-core'
import { launchChromium } from '#test/support/chromium.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { nameOf, PAGE_ENTRIES } from './page-matrix.ts'

/**
 * What axe cannot see: nobody must remember, retype or solve a puzzle (WCAG 2.2, 3.3.8), and nothing is asked twice
 * (3.3.7).
 */
let pias: RunningPias
let browser: Browser
let page: Page

beforeAll(async () => {
  pias = await startPias()
  browser = await launchChromium()
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  page = await context.newPage()
})
afterAll(async () => {
  await browser.close()
  await pias.close()
})

const FIELDS = 'input:not([type=hidden], [type=checkbox]), textarea, select, [contenteditable]'

/** Pages that ask for something to be typed; the others are finished with buttons and links. */
const ASKING = new Set(['prove', 'device-code', 'password', 'prove-contact', 'enter-code', 'confirm-email'])
/** States of pages that ask only where something is missing. */
const ASKING_STATES = new Set(['asks-email', 'no-address', 'no-code-now'].map(state => `new-account/${state}`))

/** A code as people copy it: with blanks around and within, and dashes. */
const PASTED = '  BCDF - GHJK 2345  '

test.each(PAGE_ENTRIES.map(entry => ({ name: nameOf(entry), entry })))('$name asks for no feat', async ({ entry }) => {
  await page.goto(`${pias.issuer}${entry.addressIn('en')}`)
  const fields = await page.locator(FIELDS).all()
  expect(fields.length > 0).toBe(ASKING.has(entry.page) || ASKING_STATES.has(nameOf(entry)))
  expect(await page.locator('canvas, audio, video, object, iframe, input[type=image]').count()).toBe(0)
  await page.evaluate(text => navigator.clipboard.writeText(text), PASTED)
  for (const field of fields) {
    await field.focus()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.press('ControlOrMeta+V')
    expect(await field.inputValue()).toBe(PASTED)
  }
  // A number that must be remembered is never the only way on.
  if (fields.length > 0) expect(await page.locator('main a, main summary').count()).toBeGreaterThan(0)
})

test('a code is one field, in which capitals and dashes do not matter', async () => {
  await page.goto(`${pias.issuer}/style/device-code/empty?lang=en`)
  expect(await page.locator(FIELDS).count()).toBe(1)
  await page.getByLabel('Code on your TV').fill('bcdfghjk')
  expect(await page.locator('.input-code').evaluate(field => getComputedStyle(field).textTransform)).toBe('uppercase')
})

test('what the QR brought need not be typed', async () => {
  await page.goto(`${pias.issuer}/style/device-code/filled-in-by-qr?lang=en`)
  expect(await page.getByLabel('Code on your TV').inputValue()).toBe('BCDF-GHJK')
})

test('what was typed is there again after a mistake', async () => {
  await page.goto(`${pias.issuer}/style/prove/wrong?lang=en`)
  expect(await page.getByLabel('Customer number').inputValue()).toBe('600 123-456')
  expect(await page.getByLabel('Invoice reference').inputValue()).toBe('INV-2026')
})

test('what was typed is there again in another language, once', async () => {
  await page.goto(`${pias.issuer}/style/prove/empty?lang=en`)
  await page.getByLabel('Customer number').fill('600 123 456')
  await page.getByRole('link', { name: 'Français' }).click()
  await page.waitForURL(/lang=fr/)
  expect(await page.getByLabel('Numéro de client').inputValue()).toBe('600 123 456')
  await page.goto(`${pias.issuer}/style/prove/empty?lang=fr`)
  expect(await page.getByLabel('Numéro de client').inputValue()).toBe('')
})

test('what the upstream verified is shown, and asked by no page', async () => {
  await page.goto(`${pias.issuer}/style/new-account/all-facts?lang=en`)
  expect(await page.locator('dl.facts dd').count()).toBe(5)
  expect(await page.locator(FIELDS).count()).toBe(0)
})

test('a second press sends nothing, and coming back allows it again', async () => {
  await page.goto(`${pias.issuer}/style/prove/one-filled-in?lang=en`)
  const sent: string[] = []
  await page.route('**/prove', route => {
    sent.push(route.request().method())
    return route.fulfill({ status: 204 })
  })
  const button = page.getByRole('button', { name: 'Continue' })
  await button.click()
  await button.click({ force: true })
  expect(sent).toEqual(['POST'])
  expect(await button.getAttribute('aria-disabled')).toBe('true')
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
  await button.click()
  expect(sent).toEqual(['POST', 'POST'])
  await page.unroute('**/prove')
})
