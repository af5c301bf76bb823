import type { Browser } from 'playwright-core'
import { LOCALES } from '#src/kernel/identity.ts'
import { launchChromium } from '#test/support/chromium.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { createInspector, type Inspector } from './inspector.ts'
import { allLooks, describeLook, type Look, MAIL_ENTRIES, nameOf, PAGE_ENTRIES, pairwiseLooks } from './page-matrix.ts'

/**
 * Every page in every state and language, and every pair of theme, width and JavaScript. All 32 looks of each state are
 * `npm run pages -- check`.
 */
let pias: RunningPias
let browser: Browser
let inspector: Inspector

beforeAll(async () => {
  pias = await startPias()
  browser = await launchChromium()
  inspector = createInspector(browser, pias.issuer)
})
afterAll(async () => {
  await inspector.close()
  await browser.close()
  await pias.close()
})

test.each([...PAGE_ENTRIES, ...MAIL_ENTRIES].map((entry, index) => ({ name: nameOf(entry), entry, index })))(
  '$name can be used by everyone, and keeps its budget',
  async ({ entry, index }) => {
    const looks = pairwiseLooks(index)
    const found = await Promise.all(
      looks.map(async look => [describeLook(look), await inspector.inspect(entry, look)] as const),
    )
    expect(found).toEqual(looks.map(look => [describeLook(look), []]))
  },
)

test("itsme's button has the measures that itsme publishes, with letters that may be white on its orange", async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  await page.goto(`${pias.issuer}/style/upstream-denied/default?lang=nl`)
  const measures = await page.locator('.itsme').evaluate(element => {
    const { height } = element.getBoundingClientRect()
    const { backgroundColor, borderRadius, color, fontSize, fontWeight } = getComputedStyle(element)
    return { height, backgroundColor, borderRadius, color, size: Number.parseFloat(fontSize), fontWeight }
  })
  expect(measures).toEqual({
    height: 56,
    backgroundColor: 'rgb(255, 70, 18)',
    borderRadius: '12px',
    color: 'rgb(255, 255, 255)',
    size: expect.any(Number),
    fontWeight: '700',
  })
  // Bold from 18.66 px on counts as large text, for which 3:1 is enough (WCAG 2.2, 1.4.3).
  expect(measures.size).toBeGreaterThanOrEqual(19)
  await page.close()
})

test('the style page shows each theme, whatever the theme of the browser', async () => {
  const page = await browser.newPage({ colorScheme: null, viewport: { width: 1280, height: 900 } })
  await page.goto(`${pias.issuer}/style?page=wait`)
  const groundOf = async (theme: string): Promise<string | undefined> => {
    const frame = page.frameLocator(`iframe[title="wait, default, nl, ${theme}"]`)
    return frame.locator('body').evaluate(body => getComputedStyle(body).backgroundColor)
  }
  await page.locator('iframe[title="wait, default, nl, dark"]').scrollIntoViewIfNeeded()
  expect([await groundOf('light'), await groundOf('dark')]).toEqual(['rgb(255, 255, 255)', 'rgb(30, 24, 41)'])
  await page.close()
})

describe('the looks', () => {
  const pairs = (looks: Look[]): Set<string> => {
    const entries = looks.map(look => Object.entries(look).map(([key, value]) => `${key} ${value}`))
    return new Set(entries.flatMap(parts => parts.flatMap(one => parts.map(other => `${one}, ${other}`))))
  }

  test('of the matrix are all there are', () => {
    expect(new Set(allLooks().map(describeLook)).size).toBe(LOCALES.length * 2 * 2 * 2)
  })

  test('of four states hold every pair, with every language', () => {
    expect(pairs([0, 1, 2, 3].flatMap(pairwiseLooks))).toEqual(pairs(allLooks()))
  })
})

test('the inspector finds what is wrong', async () => {
  const wrong = { page: 'no-such-page', state: 'at-all', addressIn: () => '/style/no-such-page' }
  const look = { locale: 'nl', theme: 'light', width: 320, script: true } as const
  // An error page: Chromium tells its status.
  expect(await inspector.inspect(wrong, look)).toEqual([expect.stringContaining('404')])
})
