import type { BrowserContext, Page } from 'playwright-core'
import { personaLines, personaTruth } from '#examples/customer-data/personas.ts'
import { codeTo } from '#test/support/code-to.ts'
import { importLines } from '#test/support/import-lines.ts'
import { OLD_MAIL, RECORD_WITH_OLD_MAIL } from '#test/support/record-with-old-mail.ts'
import { createPlainRelyingParty } from '#test/support/relying-party.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { inChromium, listenForComplaints, openTab, PHONE, type Tab } from './in-chromium.ts'

/**
 * Synthetic people prove on a phone, in Dutch, that records are theirs: by a code, and what was found; and with an itsme
 * account that was made anew; or are new here. With and without JavaScript.
 */
const TV = { ...RECORD_WITH_OLD_MAIL, customerId: 'TV-800001', serviceLine: 'tv', role: 'holder' }
const { customerId: LOTTES, invoiceReferences: INVOICES } = personaLines().find(
  ({ lastName, invoiceReferences }) => lastName === 'Vandenbroucke' && invoiceReferences,
) as unknown as { customerId: string; invoiceReferences: readonly [string] }
const CLIENT_ID = 'phone-app'

const place = inChromium()

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_where, script) => {
  let running: RunningPias
  let context: BrowserContext
  let page: Page
  let complaints: string[]
  let tab: Tab
  beforeAll(async () => {
    running = await startPias({
      config: { pages: { terms: { version: '1', url: 'https://terms.example/' } } },
      clients: [{ ...TEST_CLIENT, client_id: CLIENT_ID, redirect_uris: [place.app.redirectUri] }],
    })
    await importLines(running.pias.store, [RECORD_WITH_OLD_MAIL, TV])
  })
  afterAll(() => running.close())
  beforeEach(async () => {
    context = await place.browser.newContext({
      ...PHONE,
      locale: 'nl-BE',
      colorScheme: script ? 'light' : 'dark',
    })
    complaints = listenForComplaints(context, /status of 422/)
    tab = await openTab(context, script)
    page = tab.page
  })
  afterEach(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })

  const beginAs = async (persona: string) => {
    const party = createPlainRelyingParty({
      issuer: running.issuer,
      clientId: CLIENT_ID,
      redirectUri: place.app.redirectUri,
    })
    await page.goto(party.authorize({ ui_locales: 'nl' }).url)
    await tab.choosePersona(persona)
  }
  const press: Tab['press'] = (...what) => tab.press(...what)
  const look: Tab['look'] = (...what) => tab.look(...what)

  const ownersOf = async (serviceLine: 'mobile' | 'tv', customerId: string) =>
    (await running.pias.store.accounts.ownersOf([{ serviceLine, customerId }])).size

  test('a code to an old address shows what it has brought; what is put off waits on the page of the account', async () => {
    await beginAs('confirm')
    await look('Bent u al klant bij ons?', 'unresolved')
    await press('link', /stuur mij een code/)
    await page.getByLabel('Gsm-nummer of e-mailadres').fill(OLD_MAIL)
    await look('Waarheen mogen we een code sturen?', 'contact')
    await press('button', 'Stuur een code')
    await page.getByLabel('Code').fill('1')
    await press('button', 'Doorgaan')
    expect(await page.title()).toMatch(/^Fout: /)
    await look('Vul de code in', 'code')
    expect(await page.content()).not.toContain('MOB-800001')
    const code = await codeTo(running, OLD_MAIL)
    // As people paste it.
    await page.getByLabel('Code').fill(` ${code.slice(0, 3)} ${code.slice(3)} `)
    await press('button', 'Doorgaan')
    await look('Dit hebben we gevonden', 'found')
    expect(await page.getByRole('checkbox', { name: /MOB-800001/ }).isChecked()).toBe(true)
    await page.getByRole('checkbox', { name: /TV-800001/ }).uncheck()
    await press('button', 'Koppel wat ik koos')
    expect((await place.app.arrival(page)).has('code')).toBe(true)
    expect([await ownersOf('mobile', 'MOB-800001'), await ownersOf('tv', 'TV-800001')]).toEqual([1, 0])

    await page.goto(`${running.issuer}/account?lang=nl`)
    await look('Mijn login', 'account')
    expect(await page.content()).not.toContain('TV-800001')
    await press('link', 'Bekijk wat het is')
    await look('Koppel wat u uitstelde', 'account-records')
    expect(await page.getByRole('checkbox').count()).toBe(1)
    expect(await page.locator('label', { hasText: 'TV-800001' }).textContent()).toMatch(/titularis/)
    await press('button', 'Koppel wat ik koos')
    await look('Mijn login', 'account-connected')
    expect(await page.getByRole('link', { name: 'Bekijk wat het is' }).count()).toBe(0)
    expect(await ownersOf('tv', 'TV-800001')).toBe(1)
  })

  test('a new customer gives the e-mail address that itsme does not tell, and accepts the terms', async () => {
    await running.pias.store.customers.write(
      personaTruth()['no-email'].link.map(key => ({ kind: 'remove', key })),
      Date.now(),
    )
    await beginAs('no-email')
    await press('link', /Nee, ik ben hier nieuw/)
    await page.getByLabel('E-mailadres').fill('georges')
    await press('button', 'Account aanmaken')
    await look('Uw nieuwe account', 'new')
    expect(await page.getByLabel('E-mailadres').inputValue()).toBe('georges')
    await page.getByLabel('E-mailadres').fill('georges@example.net')
    // As who presses Enter.
    await page.getByLabel('E-mailadres').press('Enter')
    await look('Kijk in uw mailbox', 'confirm')
    await page.getByLabel('Code').fill(await codeTo(running, 'georges@example.net'))
    await press('button', 'Doorgaan')
    expect((await place.app.arrival(page)).has('code')).toBe(true)
  })

  test('an itsme account that was made anew is asked about, and takes the place of the old one', async () => {
    await beginAs('lotte')
    await place.app.arrival(page)
    await context.clearCookies()
    await beginAs('recreated')
    await press('link', /factuur/)
    await page.getByLabel('Klantnummer').fill(LOTTES)
    await page.getByLabel('Factuurreferentie').fill(INVOICES[0])
    await press('button', 'Doorgaan')
    await look('Is uw itsme-account nieuw?', 'move')
    await press('button', 'Ja, verder met mijn nieuwe account')
    expect((await place.app.arrival(page)).has('code')).toBe(true)
  })
})
