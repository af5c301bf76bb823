import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type PersonaId, personaTruth } from '#examples/customer-data/personas.ts'
import { launchChromium } from '#test/support/chromium.ts'
import { codeTo } from '#test/support/code-to.ts'
import { createPlainRelyingParty } from '#test/support/relying-party.ts'
import { type AppPage, startAppPage } from '#test/support/start-app-page.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { openPage, runAxe } from './pages/inspector.ts'

/**
 * People of whom itsme does not tell everything become customers, on a phone: somebody under age, a foreign document
 * without an address, nobody's e-mail address. Once where codes can be sent and there are terms; once with neither, and no
 * JavaScript.
 */
const TERMS = { version: '2026-11', url: 'https://terms.example/' }
const NOTHING_SENT = { mail: { kind: 'none' }, sms: { kind: 'none' } }
const CLIENT_ID = 'newcomers-app'
const MAIL = 'georges@example.net'
/** For who wants to look at them: a folder. */
const PICTURES = process.env.PIAS_PICTURES

let app: AppPage
let browser: Browser
beforeAll(async () => {
  app = await startAppPage()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  app.close()
})

describe.each([
  ['with codes, terms and JavaScript', true, { pages: { terms: TERMS } }],
  ['without any of them', false, { messages: NOTHING_SENT }],
])('%s', (_where, isFull, config) => {
  let running: RunningPias
  let context: BrowserContext
  let page: Page
  let allowScripts: (allowed: boolean) => Promise<unknown>
  const complaints: string[] = []

  beforeAll(async () => {
    running = await startPias({
      config,
      clients: [{ ...TEST_CLIENT, client_id: CLIENT_ID, redirect_uris: [app.redirectUri] }],
    })
    // None of them is a customer here.
    const keys = (['dutch-document', 'no-email'] as const).flatMap(persona => personaTruth()[persona].link)
    await running.pias.store.customers.write(
      keys.map(key => ({ kind: 'remove', key })),
      Date.now(),
    )
  })
  afterAll(() => running.close())
  beforeEach(async () => {
    context = await browser.newContext({
      ...{ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
      colorScheme: isFull ? 'light' : 'dark',
    })
    ;({ page, allowScripts } = await openPage(context, isFull))
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
  })
  afterEach(async () => {
    await context.close()
    expect(complaints.splice(0)).toEqual([])
  })

  const press = (role: 'button' | 'link', name: string | RegExp) => page.getByRole(role, { name }).click()
  const facts = () => page.locator('dl.facts dd').allTextContents()
  const fields = () => page.locator('input:not([type=hidden])').count()

  /** The page that is there by now is the one that is meant, fits the phone, and can be used by everyone. */
  const look = async (title: string, name: string) => {
    await page.waitForLoadState('load')
    // In French a space that does not break stands before the question mark.
    expect((await page.getByRole('heading', { level: 1 }).textContent())?.replace(/\s/g, ' ')).toBe(title)
    await allowScripts(true)
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect([excess, await runAxe(page)]).toEqual([0, []])
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}-${isFull}.png`, fullPage: true })
    await allowScripts(isFull)
  }

  /** As far as the page that asks, which is the same for all: an old contact proves something only where codes are sent. */
  const meet = async (persona: PersonaId, ui_locales: string, code: RegExp, title: string) => {
    const party = createPlainRelyingParty({ issuer: running.issuer, clientId: CLIENT_ID, redirectUri: app.redirectUri })
    await page.goto(party.authorize({ ui_locales }).url)
    await page.locator(`button[name="persona"][value="${persona}"]`).click()
    await look(title, `${persona}-unresolved`)
    expect(await page.getByRole('link', { name: code }).count()).toBe(isFull ? 1 : 0)
  }
  /** Terms are there to be read where there are any. */
  const seeTerms = async () => expect(await page.locator(`main a[href="${TERMS.url}"]`).count()).toBe(isFull ? 1 : 0)
  const arrive = async () => {
    expect((await app.arrival(page)).has('code')).toBe(true)
  }

  test('somebody under age is told what an account is good for, and types nothing', async () => {
    await meet('minor', 'nl', /stuur mij een code/, 'Bent u al klant bij ons?')
    await press('link', /Nee, ik ben hier nieuw/)
    await look('Uw nieuwe account', 'minor-new')
    expect(await page.getByText('U bent jonger dan 18.').count()).toBe(1)
    expect(await facts()).toEqual(expect.arrayContaining(['Finn Lucas Adriaensen', 'finn.adriaensen@example.com']))
    expect(await fields()).toBe(0)
    await seeTerms()
    await press('button', 'Account aanmaken')
    await arrive()
  })

  test('who has a foreign document sees no address, and nothing in its place', async () => {
    await meet('dutch-document', 'nl', /stuur mij een code/, 'Bent u al klant bij ons?')
    await press('link', /Nee, ik ben hier nieuw/)
    await look('Uw nieuwe account', 'dutch-document-new')
    expect(await page.locator('dl.facts dt').allTextContents()).toEqual([
      'Naam',
      'Geboortedatum',
      'Mobiel nummer',
      'E-mailadres',
    ])
    expect(await page.getByText('jonger dan 18').count()).toBe(0)
    expect(await fields()).toBe(0)
    await seeTerms()
    await press('button', 'Account aanmaken')
    await arrive()
  })

  test('who has no e-mail address gives one and confirms it where a code can go there; else nothing is asked', async () => {
    await meet('no-email', 'fr', /envoyez-moi un code/, 'Êtes-vous déjà client chez nous ?')
    const announced = isFull ? /Il ne manque que votre adresse/ : /Vous n’avez rien à remplir/
    expect(await page.getByRole('link', { name: announced }).count()).toBe(1)
    await press('link', /Non, je suis nouveau ici/)
    await look('Votre nouveau compte', 'no-email-new')
    await seeTerms()
    expect(await fields()).toBe(isFull ? 1 : 0)
    if (isFull) {
      await page.getByLabel('Adresse e-mail').fill(MAIL)
      await press('button', 'Créer mon compte')
      await look('Consultez vos e-mails', 'no-email-code')
      await page.getByLabel('Code').fill(await codeTo(running, MAIL))
      await press('button', /^Continuer$/)
    } else await press('button', 'Créer mon compte')
    await arrive()
  })
})
