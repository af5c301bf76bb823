import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchChromium } from '#test/support/chromium.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { type Entry, nameOf, PAGE_ENTRIES } from './page-matrix.ts'

/**
 * A walk through every page by Tab alone, on a phone's width in German, the longest language: everything is reached,
 * in the order of reading, visibly (WCAG 2.2: 2.1.1, 2.1.2, 2.4.3, 2.4.7, 2.4.11).
 */
let pias: RunningPias
let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  pias = await startPias()
  browser = await launchChromium()
  context = await browser.newContext({ viewport: { width: 390, height: 640 } })
  page = await context.newPage()
})
afterAll(async () => {
  await browser.close()
  await pias.close()
})

const STATES = PAGE_ENTRIES.map(entry => ({ name: nameOf(entry), entry }))
const open = (entry: Entry) => page.goto(`${pias.issuer}${entry.addressIn('de')}`)

/** Numbers everything that can be used, in the order of the document, and puts the focus before it. */
const numberControls = () =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')]
    for (const [index, element] of all.entries()) element.setAttribute('data-walk', String(index))
    // Taking the focus away is not enough: Tab goes on from where it was.
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute('tabindex')
    return all.length
  })

/** Where the focus is: which control, whether it shows, and whether it is all on the screen. */
const focused = () =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement
    const { top, bottom, left, right, height, width } = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    const middle = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    return {
      walk: Number(element.dataset.walk ?? -1),
      outlined: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2,
      // Scrolled to by whole pixels, laid out by parts of them.
      offScreen: Math.floor(Math.max(-top, bottom - innerHeight, -left, right - innerWidth, 0)),
      uncovered: middle === element || element.contains(middle),
      inText: style.display === 'inline',
      size: Math.min(height, width),
    }
  })

test.each(STATES)('$name is walked by Tab', async ({ entry }) => {
  await open(entry)
  const count = await numberControls()
  expect(count).toBeGreaterThan(3)
  for (let index = 0; index < count; index++) {
    await page.keyboard.press('Tab')
    const at = await focused()
    expect(at).toMatchObject({ walk: index, outlined: true, offScreen: 0, uncovered: true })
    // Fingers and shaking hands (2.5.8 asks 24 px, links within a sentence aside).
    if (!at.inText) expect(at.size).toBeGreaterThanOrEqual(40)
  }
})

test('the first Tab offers the way past the header, and Enter takes it', async () => {
  await page.goto(`${pias.issuer}/style/unresolved/default?lang=en`)
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
})

test('what is folded opens by Enter, and closes by Space', async () => {
  await page.goto(`${pias.issuer}/style/prove/empty?lang=en`)
  await page.locator('summary').focus()
  const isOpen = () => page.evaluate(() => document.querySelector('details')?.open)
  await page.keyboard.press('Enter')
  expect(await isOpen()).toBe(true)
  await page.keyboard.press('Space')
  expect(await isOpen()).toBe(false)
})

test('a page that says what is wrong has the focus there, and leads to the field', async () => {
  await page.goto(`${pias.issuer}/style/prove/wrong?lang=en`)
  // With the first frame that is drawn, which may come after the page has loaded.
  await page.locator('.error-summary:focus').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('customerId')
})

/** Whatever is wider than the screen, or cut off in its box. */
const cutOff = () =>
  page.evaluate(() => {
    const texts = [...document.querySelectorAll('body *:not(.hidden, .skip, svg *)')].filter(element => {
      const { right } = element.getBoundingClientRect()
      const cut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflow === 'hidden'
      return right > innerWidth + 1 || cut
    })
    return texts.map(({ outerHTML }) => outerHTML.slice(0, 80))
  })

test.each(STATES)('$name has room for letters of twice the size', async ({ entry }) => {
  await open(entry)
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%'
  })
  expect(await cutOff()).toEqual([])
})

test('with chosen colours, controls keep an edge', async () => {
  const chosen = await browser.newContext({ forcedColors: 'active', viewport: { width: 390, height: 844 } })
  const colours = await chosen.newPage()
  for (const entry of PAGE_ENTRIES) {
    await colours.goto(`${pias.issuer}${entry.addressIn('nl')}`)
    const edgeless = await colours.evaluate(() =>
      [...document.querySelectorAll('.button, .choice, .itsme, .field input, .badge')]
        .filter(element => {
          const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(element)
          return (
            Number.parseFloat(borderTopWidth) < 1 || borderTopStyle === 'none' || borderTopColor === backgroundColor
          )
        })
        .map(({ outerHTML }) => outerHTML.slice(0, 80)),
    )
    expect([nameOf(entry), edgeless]).toEqual([nameOf(entry), []])
  }
  await chosen.close()
})
