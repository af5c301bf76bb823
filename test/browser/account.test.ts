import { readFileSync } from 'node:fs'
import type { BrowserContext } from 'playwright-core'
import { personaTruth } from '#examples/customer-data/personas.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import { createTestApp } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { inChromium, listenForComplaints, openTab } from './in-chromium.ts'

/**
 * What a synthetic person does with the own login at `/account`, on a phone and a tablet: ends the login of the other
 * device, takes back what an app was allowed, downloads the data, asks for erasure and thinks again. With and without
 * JavaScript.
 */
const DEVICES = {
  phone: {
    viewport: { width: 360, height: 740 },
    userAgent: 'Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile',
  },
  tablet: {
    viewport: { width: 768, height: 1024 },
    userAgent: 'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1',
  },
}
const DAY_MS = 24 * 3600 * 1000
const SCOPE = 'openid profile email'

type File = {
  readonly account: { readonly claims: object; readonly eraseAt?: string }
  readonly customerRecords: readonly { readonly serviceLine: 'mobile'; readonly customerId: string }[]
  readonly logins: readonly object[]
  readonly events: readonly { readonly type: string }[]
}

const place = inChromium()

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_where, script) => {
  let running: RunningPias
  const contexts: BrowserContext[] = []
  const complaints: string[][] = []

  // Logins, consents and activity are what the tests look at: each has its own.
  beforeEach(async () => {
    running = await startPias({
      clients: ['own-app', 'partner-app'].map(client_id => ({
        ...TEST_CLIENT,
        client_id,
        client_name: `Synthetic ${client_id}`,
        redirect_uris: [place.app.redirectUri],
        pias_first_party: client_id === 'own-app',
      })),
    })
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map(context => context.close()))
    await running.close()
    expect(complaints.splice(0).flat()).toEqual([])
  })

  const authorize = (clientId: string, extra: Record<string, string> = {}) =>
    createTestApp(running, { client_id: clientId }, SCOPE).authorize({ redirect_uri: place.app.redirectUri, ...extra })
      .url

  /** Lotte, with a device of hers on which she is not logged in. */
  const take = async (device: keyof typeof DEVICES) => {
    const context = await place.browser.newContext({
      locale: 'en-GB',
      isMobile: true,
      hasTouch: true,
      ...DEVICES[device],
      colorScheme: script ? 'light' : 'dark',
    })
    contexts.push(context)
    complaints.push(listenForComplaints(context))
    const tab = await openTab(context, script)
    const { page } = tab
    const choosePersona = () => tab.choosePersona('lotte')
    return {
      ...tab,
      choosePersona,
      /** The entries of a part of the page, one text each. */
      entries: async (part: string) => {
        const texts = await page.getByRole('region', { name: part, exact: true }).getByRole('listitem').allInnerTexts()
        return texts.map(text => text.replace(/\s+/g, ' '))
      },
      openAccount: () => page.goto(`${running.issuer}/account`),
      logIn: async (clientId = 'own-app') => {
        await page.goto(authorize(clientId))
        await choosePersona()
      },
      /** What an app hears that asks without a page. */
      askSilently: async (clientId = 'own-app') => {
        await page.goto(authorize(clientId, { prompt: 'none' }))
        const answer = await place.app.arrival(page)
        return answer.get('error') ?? (answer.has('code') ? 'a code' : 'nothing')
      },
      atUpstream: () => page.waitForURL(url => url.href.startsWith(running.simulator.issuer)),
    }
  }

  const ACTIVITY = 'What happened'
  const LOGINS = 'Where you are logged in'
  const CONSENTS = 'What you have allowed apps'

  test('she sees where she is logged in, and ends the login of the other device, and no other', async () => {
    const [phone, tablet] = [await take('phone'), await take('tablet')]
    for (const device of [phone, tablet]) {
      await device.logIn()
      expect((await place.app.arrival(device.page)).has('code')).toBe(true)
    }
    // The tablet is left where its person may go on later.
    expect(await tablet.askSilently()).toBe('a code')
    await tablet.openAccount()
    await tablet.press('link', 'My data')
    await tablet.look('My data', 'tablet-data')

    await phone.openAccount()
    await phone.look('My login', 'two-logins')
    const logins = await phone.entries(LOGINS)
    expect(logins.map(text => /^(.*?) Synthetic own-app Since \d/.exec(text)?.[1]).sort()).toEqual([
      'Chrome · Android this device',
      'Safari · iPad',
    ])
    await phone.press('button', /^Log out Safari · iPad/)
    await phone.page.getByText('You logged a device out').waitFor()
    await phone.look('My login', 'one-login')
    expect(await phone.entries(LOGINS)).toEqual([expect.stringMatching(/^Chrome · Android this device/)])
    expect(await phone.askSilently()).toBe('a code')

    await tablet.press('button', 'Download everything')
    await tablet.atUpstream()
    expect(await tablet.askSilently()).toBe('login_required')
    await tablet.openAccount()
    await tablet.atUpstream()
    await tablet.choosePersona()
    await tablet.look('My login', 'tablet-again')
    expect(await tablet.entries(LOGINS)).toHaveLength(2)
  })

  test('she sees what she allowed an app, and takes it back: the app asks again', async () => {
    const phone = await take('phone')
    const title = 'Synthetic partner-app asks for your permission'
    await phone.logIn('partner-app')
    await phone.look(title, 'consent')
    await phone.press('button', 'Allow')
    await place.app.arrival(phone.page)
    expect(await phone.askSilently('partner-app')).toBe('a code')

    await phone.openAccount()
    await phone.look('My login', 'consents')
    expect(await phone.entries(CONSENTS)).toEqual([expect.stringMatching(/^Synthetic partner-app Allowed on \d/)])
    const before = await phone.entries(ACTIVITY)
    expect(before[0]).toMatch(/^You allowed an app to get your data – Synthetic partner-app \d/)
    expect(before.at(-1)).toMatch(/^Your login was created/)

    await phone.press('button', 'Withdraw Synthetic partner-app')
    await phone.page.getByText('You withdrew a permission of an app').waitFor()
    await phone.look('My login', 'no-consents')
    expect(await phone.entries(CONSENTS)).toEqual([])
    const [newest, ...older] = await phone.entries(ACTIVITY)
    expect(newest).toMatch(/^You withdrew a permission of an app – Synthetic partner-app \d/)
    expect(older).toEqual(before)
    expect(await phone.askSilently('partner-app')).toBe('consent_required')
    await phone.page.goto(authorize('partner-app'))
    await phone.look(title, 'consent-again')
  })

  test('she downloads her data, asks to be erased in fourteen days, and thinks again', async () => {
    const phone = await take('phone')
    /** Downloads the data from their page, and reads them. */
    const download = async () => {
      const [file] = await Promise.all([
        phone.page.waitForEvent('download'),
        phone.press('button', 'Download everything'),
      ])
      expect(file.suggestedFilename()).toBe('my-data.json')
      return JSON.parse(readFileSync(await file.path(), 'utf8')) as File
    }
    const numbers = () =>
      phone.page.locator('h2', { hasText: 'Your customer numbers' }).locator('+ dl').locator('dd').allTextContents()

    await phone.openAccount()
    await phone.choosePersona()
    await phone.look('My login', 'account')
    await phone.press('link', 'Ways to log in')
    await phone.look('Ways to log in', 'ways')
    expect(await phone.page.getByRole('listitem').allInnerTexts()).toContain('itsme')
    await phone.press('link', 'Back to my login')
    await phone.press('link', 'My data')
    await phone.look('My data', 'data')
    expect(await phone.page.locator('dl.facts dd').allTextContents()).toContain('Lotte Marie Vandenbroucke')
    const data = await download()
    expect(data.account.claims).toMatchObject({ givenName: 'Lotte Marie', familyName: 'Vandenbroucke' })
    expect(data.account.eraseAt).toBeUndefined()
    expect(data.customerRecords.map(customerKeyOf).sort()).toEqual(personaTruth().lotte.link.map(customerKeyOf))
    expect(data.customerRecords.map(({ customerId }) => customerId).sort()).toEqual((await numbers()).sort())
    expect(data.logins).toEqual([expect.objectContaining({ device: 'Chrome · Android' })])
    expect(data.events.map(({ type }) => type)).toContain('account.opened')

    await phone.press('link', 'Erase my login')
    await phone.look('Erase your login?', 'erase')
    expect(await phone.page.getByText('It will happen in 14 days.').count()).toBe(1)
    const asked = [Date.now()]
    await phone.press('button', 'Erase my login')
    await phone.look('My login', 'to-be-erased')
    asked.push(Date.now())
    const write = new Intl.DateTimeFormat('en-BE', { dateStyle: 'long', timeZone: 'Europe/Brussels' })
    const told = await phone.page.getByText(/^Your login will be erased on/).textContent()
    expect(asked.map(at => write.format(at + 14 * DAY_MS)).some(day => told?.includes(`on ${day} `))).toBe(true)

    await phone.press('link', 'My data')
    await phone.look('My data', 'data-to-be-erased')
    expect(await phone.page.getByText(told ?? 'no date').count()).toBe(1)
    expect(await phone.page.getByRole('link', { name: 'Erase my login' }).count()).toBe(0)
    const dueAt = Date.parse((await download()).account.eraseAt ?? '') - 14 * DAY_MS
    expect([dueAt >= (asked[0] ?? 0), dueAt <= (asked[1] ?? 0)]).toEqual([true, true])

    await phone.press('link', 'Back')
    await phone.press('button', 'Keep my login')
    await phone.page.getByText('You changed your mind and keep your login').waitFor()
    await phone.look('My login', 'kept')
    expect(await phone.page.getByText(/will be erased/).count()).toBe(0)
    expect((await phone.entries(ACTIVITY)).slice(0, 4).map(text => text.replace(/ \d.*/, ''))).toEqual([
      'You changed your mind and keep your login',
      'Your data was downloaded',
      'You asked to erase your login',
      'Your data was downloaded',
    ])
  })
})
