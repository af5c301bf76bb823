import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

/** Opens an app, asks to log in, and is this persona at itsme if that is asked. */
const logInTo = async (visitor: Visitor, app: string, persona: string): Promise<void> => {
  await visitor.page.goto(app)
  await visitor.press('link', 'Continue with itsme')
  if (visitor.page.url().startsWith(demo.simulator)) await visitor.choose(persona)
}

describe('Proximus+', () => {
  /** Whatever would send somebody to another device; in words, for the page shows a key's random letters, too. */
  const ANOTHER_DEVICE = /\bQR code|\bscan\b|another device|other device|your (computer|phone) (to|and)|device code/i

  test('logs in on the phone where it began; no step asks for another device', async () => {
    const phone = await visit(PHONE)
    const seen: string[] = []
    phone.page.on('load', async page => {
      seen.push(page.url())
    })
    await phone.page.goto(demo.apps['proximus-plus'])
    await phone.press('link', 'Continue with itsme')
    for (const step of ['at itsme', 'at the end']) {
      const words = (await phone.page.locator('main').textContent()) ?? ''
      expect([step, ANOTHER_DEVICE.exec(words)?.[0]]).toEqual([step, undefined])
      expect(await phone.page.locator('svg[viewBox*="45"], canvas, img').count()).toBe(0)
      if (step === 'at itsme') await phone.choose('lotte')
    }
    expect(await heading(phone)).toBe('Hello Lotte')
    expect(phone.page.url()).toBe(`${demo.apps['proximus-plus']}/`)
    expect(phone.page.context().pages()).toHaveLength(1)
    expect(phone.pagesOf(demo.pias)).toEqual([])
    expect(seen.every(url => [demo.simulator, demo.apps['proximus-plus']].some(origin => url.startsWith(origin)))).toBe(
      true,
    )
  })

  test('its tokens are bound to its key, and the refresh token keeps its value', async () => {
    const phone = await visit(PHONE)
    await logInTo(phone, demo.apps['proximus-plus'], 'lotte')
    expect(await phone.page.locator('main').textContent()).toMatch(/bound to it \(dpop\)/i)
    await phone.press('button', 'Renew the tokens')
    await phone.press('button', 'Renew the tokens')
    expect(await phone.page.locator('[data-renewals]').textContent()).toBe(
      '2 times, the refresh token is still the same',
    )
  })

  test('who refuses at itsme may choose a passkey, or is told so by the app, on the same phone', async () => {
    const phone = await visit(PHONE)
    await logInTo(phone, demo.apps['proximus-plus'], 'refuse')
    expect(await phone.page.getByRole('link', { name: 'Log in with a passkey' }).count()).toBe(1)
    await phone.press('link', 'Back to Proximus+')
    expect(await heading(phone)).toBe('You did not log in')
  })
})

describe('Doktr', () => {
  const agree = async (visitor: Visitor): Promise<void> => {
    expect(await visitor.page.locator('main').textContent()).toContain('See your consultations and prescriptions')
    await visitor.press('button', 'Allow')
  }

  test('asks who it is although somebody is logged in, asks for consent once, and has subjects of its own', async () => {
    const visitor = await visit(DESK)
    await visitor.logInAs('lotte')
    const claims = await visitor.page.locator('pre').first().textContent()
    const { sub } = JSON.parse(claims ?? '{}')
    await visitor.page.goto(demo.apps['doktr-web'])
    await visitor.press('link', 'Continue with itsme')
    expect(visitor.page.url()).toContain(demo.simulator)
    await visitor.choose('lotte')
    await agree(visitor)
    expect(await heading(visitor)).toBe('Good to see you, Lotte')
    expect(await visitor.page.locator('main').textContent()).toContain('because you agreed')
    const subject = await visitor.page.locator('[data-subject]').textContent()
    expect(subject).toMatch(/^[\w-]{43}$/)
    expect(subject).not.toBe(sub)
    expect(await visitor.page.locator('[data-level]').textContent()).toBe('urn:pias:acr:advanced')

    await visitor.page.context().clearCookies({ name: 'doktr' })
    await visitor.page.goto(demo.apps['doktr-web'])
    await visitor.press('link', 'Continue with itsme')
    expect(visitor.page.url()).toContain(demo.simulator)
    await visitor.choose('lotte')
    expect(await heading(visitor)).toBe('Good to see you, Lotte')
    expect(await visitor.page.locator('[data-subject]').textContent()).toBe(subject)
  })
})

describe('one login', () => {
  test('is shared by MyProximus, Proximus+ and Pickx in one browser', async () => {
    const visitor = await visit(DESK)
    await visitor.logInAs('thomas')
    await visitor.page.goto(demo.apps['proximus-plus'])
    await visitor.press('link', 'Continue with itsme')
    expect(await heading(visitor)).toBe('Hello Thomas')
    await visitor.page.goto(demo.apps['pickx-tv'])
    await visitor.press('button', 'Log in')
    const link = await visitor.page.getByRole('link', { name: /Open it here/ }).getAttribute('href')
    await visitor.page.goto(link ?? '')
    await visitor.press('button', 'Yes, log in on this TV')
    expect(await heading(visitor)).toBe('Look at your TV')
    expect(visitor.pagesOf(demo.simulator)).toHaveLength(1)
  })

  test('parallel logins of three apps in one browser do not disturb each other', async () => {
    const visitor = await visit(DESK)
    const { page } = visitor
    const context = page.context()
    const tabs = [page, await context.newPage(), await context.newPage()]
    const apps = [demo.myproximus, demo.apps['proximus-plus'], demo.myproximus]
    for (const [index, tab] of tabs.entries()) {
      await tab.goto(apps[index] ?? '')
      await tab.getByRole('link', { name: 'Continue with itsme' }).click()
      await tab.waitForURL(url => url.origin === demo.simulator)
    }
    for (const [index, tab] of [...tabs.entries()].reverse()) {
      await tab.locator('button[name="persona"][value="lotte"]').click()
      await tab.waitForURL(url => url.origin === apps[index])
      expect(await tab.getByRole('heading', { level: 1 }).textContent()).toBe('Hello Lotte')
    }
  })

  test('a fifth app is one file more, while PIAS runs', async () => {
    const visitor = await visit(DESK)
    await visitor.logInAs('lotte')
    const file = { ...JSON.parse(readFileSync(join(demo.clientsDir, 'myproximus-web.json'), 'utf8')) }
    const fifth = {
      ...file,
      client_id: 'fifth-app',
      client_name: 'A fifth app',
      require_pushed_authorization_requests: false,
    }
    const redirectUri = `${demo.myproximus}/callback`
    const query = new URLSearchParams({
      client_id: 'fifth-app',
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: 'fifth',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    })
    const ask = () => fetch(`${demo.pias}/auth?${query}`, { redirect: 'manual' })
    expect((await ask()).status).toBe(400)
    writeFileSync(join(demo.clientsDir, 'fifth-app.json'), JSON.stringify(fifth))
    const deadline = Date.now() + 10_000
    while ((await ask()).status !== 303 && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 200))
    const answered = visitor.page.waitForRequest(request => request.url().startsWith(redirectUri))
    await visitor.page.goto(`${demo.pias}/auth?${query}`)
    expect(new URL((await answered).url()).searchParams.get('code')).toMatch(/^[\w-]{43}$/)
    // The sample does not know this state, which is as it should be: only its complaint about the status is expected.
    expect(visitor.complaints.splice(0)).toHaveLength(1)
  })
})
