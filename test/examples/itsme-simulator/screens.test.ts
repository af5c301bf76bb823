import type { Browser } from 'playwright-core'
import { loadPersonas } from '#examples/itsme-simulator/personas.ts'
import { launchChromium } from '#test/support/chromium.ts'
import { CLIENT_ID, type Partner, pkce, REDIRECT_URI, startPartner } from './partner.ts'

/** The page on which a person is picked, in a real browser and without JavaScript. */
const SCREENS = [
  ['a phone', { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true }],
  ['a desktop', { viewport: { width: 1280, height: 800 } }],
] as const

let partner: Partner
let chromium: Browser
beforeAll(async () => {
  partner = await startPartner()
  chromium = await launchChromium()
})
afterAll(async () => {
  await chromium?.close()
  await partner.close()
})

const authorizationUrl = (): string => {
  const url = new URL(`${partner.simulator.issuer}/authorization`)
  url.search = new URLSearchParams({
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid service:LOGIN profile',
    state: 's-1',
    code_challenge: pkce().challenge,
    code_challenge_method: 'S256',
  }).toString()
  return url.href
}

describe.each(SCREENS)('on %s', (_screen, options) => {
  const openPage = async () => {
    const context = await chromium.newContext({ ...options, javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(authorizationUrl())
    return { context, page }
  }

  /** Presses a button, and tells what the partner is sent; nobody listens there. */
  const press = async (name: RegExp | string) => {
    const { context, page } = await openPage()
    const sent = page.waitForRequest(request => request.url().startsWith('http://127.0.0.1:9/'))
    await page.getByRole('button', { name }).click({ noWaitAfter: true })
    const answer = Object.fromEntries(new URL((await sent).url()).searchParams)
    await context.close()
    return answer
  }

  test('every person and the refusal can be seen and pressed, and nothing is wider than the screen', async () => {
    const { context, page } = await openPage()
    const boxes = await page.evaluate(() =>
      [...document.querySelectorAll('button')].map(button => {
        const { height, right } = button.getBoundingClientRect()
        return { height, right }
      }),
    )
    expect(boxes).toHaveLength(loadPersonas().length + 1)
    for (const { height, right } of boxes) {
      expect(height).toBeGreaterThanOrEqual(44)
      expect(right).toBeLessThanOrEqual(options.viewport.width)
    }
    await context.close()
  })

  test('the refusal is in sight without scrolling', async () => {
    const { context, page } = await openPage()
    const box = await page.getByRole('button', { name: 'Refuse' }).boundingBox()
    expect((box?.y ?? Number.POSITIVE_INFINITY) + (box?.height ?? 0)).toBeLessThanOrEqual(options.viewport.height)
    await context.close()
  })

  test('a person is picked', async () => {
    expect(await press(/^Nora/)).toMatchObject({ code: expect.any(String), state: 's-1' })
  })

  test('refusing is one press', async () => {
    expect(await press('Refuse')).toMatchObject({ error: 'access_denied', state: 's-1' })
  })
})
