import type { BrowserContext, Page } from 'playwright-core'
import { type PersonaId, personaTruth } from '#examples/customer-data/personas.ts'
import { codeTo } from '#test/support/code-to.ts'
import { createPlainRelyingParty } from '#test/support/relying-party.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { inChromium, listenForComplaints, openTab, PHONE, type Tab } from './in-chromium.ts'

/**
 * People of whom itsme does not tell everything become customers, on a phone: somebody under age, a foreign document
 * without an address, nobody's e-mail address. Once where codes can be sent and there are terms; once with neither, and no
 * JavaScript.
 */
const TERMS = { version: '2026-11', url: 'https://terms.example/' }
const NOTHING_SENT = { mail: { kind: 'none' }, sms: { kind: 'none' } }
const CLIENT_ID = 'newcomers-app'
const MAIL = 'georges@example.net'

const place = inChromium()

describe.each([
  ['with codes, terms and JavaScript', true, { pages: { terms: TERMS } }],
  ['without any of them', false, { messages: NOTHING_SENT }],
])('%s', (_where, isFull, config) => {
  let running: RunningPias
  let context: BrowserContext
  let page: Page
  let complaints: string[]
  let tab: Tab

  beforeAll(async () => {
    running = await startPias({
      config,
      clients: [{ ...TEST_CLIENT, client_id: CLIENT_ID, redirect_uris: [place.app.redirectUri] }],
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
    context = await place.browser.newContext({
      ...PHONE,
      colorScheme: isFull ? 'light' : 'dark',
    })
    complaints = listenForComplaints(context)
    tab = await openTab(context, isFull)
    page = tab.page
  })
  afterEach(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })

  const press: Tab['press'] = (...what) => tab.press(...what)
  const look: Tab['look'] = (...what) => tab.look(...what)
  const facts = () => page.locator('dl.facts dd').allTextContents()
  const fields = () => page.locator('input:not([type=hidden])').count()

  /** As far as the page that asks, which is the same for all: an old contact proves something only where codes are sent. */
  const meet = async (persona: PersonaId, ui_locales: string, code: RegExp, title: string) => {
    const party = createPlainRelyingParty({
      issuer: running.issuer,
      clientId: CLIENT_ID,
      redirectUri: place.app.redirectUri,
    })
    await page.goto(party.authorize({ ui_locales }).url)
    await tab.choosePersona(persona)
    await look(title, `${persona}-unresolved`)
    expect(await page.getByRole('link', { name: code }).count()).toBe(isFull ? 1 : 0)
  }
  /** Terms are there to be read where there are any. */
  const seeTerms = async () => expect(await page.locator(`main a[href="${TERMS.url}"]`).count()).toBe(isFull ? 1 : 0)
  const arrive = async () => {
    expect((await place.app.arrival(page)).has('code')).toBe(true)
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
      'Gsm-nummer',
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
