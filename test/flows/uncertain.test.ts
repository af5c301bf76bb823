import { personaLines } from '#examples/customer-data/personas.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { importLines } from '#test/support/import-lines.ts'
import { appAnswer, atApp, claimsOf, createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { comparable, meetUncertain, type UncertainPerson } from '#test/support/uncertain.ts'

/** The journey of a person whom PIAS is not certain of. */
let running: RunningPias
beforeEach(async () => {
  running = await startPias()
})
afterEach(() => running.close())

/** Two records that could be Nora's and are too thin to tell. */
const NORAS = ['MOB-300001', 'INT-300001'].map((customerId, index) => ({
  customerId,
  serviceLine: index === 0 ? 'mobile' : 'internet',
  firstName: 'Nora',
  lastName: 'El Amrani',
  birthDate: null,
  emails: [],
  phones: [],
  address: { street: 'Turnhoutsebaan', number: '2', postalCode: '2140', locality: 'Antwerpen', country: 'BE' },
  invoiceReferences: [`INV-2025-030000${index}`],
}))

/** What a page must not hold: every number, name and street of every record. */
const secretsOfRecords = (): string[] => {
  const lines = [...personaLines(), ...NORAS] as { [field: string]: unknown; address?: { street?: string } }[]
  const values = lines.flatMap(line => [line.customerId, line.lastName, line.address?.street, line.invoiceReferences])
  return values.flat().filter(value => typeof value === 'string' && value.trim() !== '') as string[]
}

const addRecords = (lines: readonly object[]) => importLines(running.pias.store, lines)

const eventsOf = async (type: string) =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000 })).filter(event => event.type === type)

/** Ends a login that came back to the app: the claims that the app sees. */
const claimsAtApp = async (person: UncertainPerson, location: string | undefined) => {
  const answers = await person.browser.follow(location ?? '', atApp)
  const tokens = await redeem(person.app, person.browser, answers, person.request)
  const claims = (await userinfo(running, person.browser, tokens.access_token)).json()
  expect(claims.sub).toBe(claimsOf(tokens.id_token).sub)
  return claims
}

describe('the question', () => {
  test('is the same page for none, one and many candidates, and holds nothing of a record', async () => {
    const none = await meetUncertain(running, 'nora')
    const one = await meetUncertain(running, 'confirm')
    await addRecords(NORAS)
    const many = await meetUncertain(running, 'nora')
    const offered = (await eventsOf('link.unresolved')).map(({ data }) => (data as { offered: number }).offered)
    expect(offered).toEqual([0, 1, 2])

    expect(secretsOfRecords().length).toBeGreaterThan(80)
    for (const path of ['', '/prove']) {
      const pages = await Promise.all([none, one, many].map(person => person.browser.get(person.url(path))))
      const [first, ...others] = pages.map(page => comparable(page))
      expect(first?.status).toBe(200)
      for (const other of others) expect(other).toEqual(first)
      for (const secret of secretsOfRecords()) {
        expect(pages.filter(({ body }) => body.includes(secret))).toEqual([])
      }
    }
    expect(new Set([none, one, many].map(({ answers }) => answers.map(({ status }) => status).join())).size).toBe(1)
  })

  test('is answered by cancelling: the app gets access_denied with its state and the issuer', async () => {
    const person = await meetUncertain(running, 'confirm')
    const answers = await person.browser.follow(person.url('/cancel'), atApp)
    expect(appAnswer(answers.at(-1))).toEqual({
      error: 'access_denied',
      error_description: expect.any(String),
      state: person.request.state,
      iss: running.issuer,
    })
    expect(await eventsOf('account.opened')).toEqual([])
  })
})

describe('"I am new here"', () => {
  test('shows the verified data, opens an account without records by one click, and never asks again', async () => {
    const person = await meetUncertain(running, 'nora')
    const page = await person.browser.get(person.url('/new'))
    for (const shown of ['Nora El Amrani', 'nora.elamrani@example.com', '1996', 'Turnhoutsebaan']) {
      expect(page.body).toContain(shown)
    }
    expect(page.body.match(/<input(?! type="hidden")/g)).toBeNull()
    expect(await eventsOf('account.opened')).toEqual([])

    const done = await person.openAccount()
    expect(done.status).toBe(303)
    const claims = await claimsAtApp(person, done.location)
    expect(claims).toMatchObject({ family_name: 'El Amrani', customer_accounts: [] })

    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const request = app.authorize()
    const answers = await logIn(browser, request.url, 'nora')
    expect(answers.map(({ status }) => status)).toEqual([303, 302, 303, 303])
    expect(claimsOf((await redeem(app, browser, answers, request)).id_token).sub).toBe(claims.sub)
  })

  test('takes over nothing from the form but its token', async () => {
    const person = await meetUncertain(running, 'nora')
    const csrf = await person.formToken('/new')
    const done = await person.browser.post(person.url('/new'), { csrf, name: 'Other', email: 'other@example.org' })
    const claims = await claimsAtApp(person, done.location)
    expect(claims).toMatchObject({ name: 'Nora El Amrani', email: 'nora.elamrani@example.com' })
  })
})

describe('language', () => {
  const languageOf = (body: string) => /<html lang="(\w+)"/.exec(body)?.[1]

  test('follows ui_locales, and the switch on every page; the choice stays', async () => {
    const person = await meetUncertain(running, 'confirm', { ui_locales: 'fr-BE nl' })
    expect(languageOf(person.page.body)).toBe('fr')
    for (const [path, chosen] of [
      ['', 'de'],
      ['/prove', 'en'],
      ['/new', 'nl'],
    ] as const) {
      const page = await person.browser.get(person.url(path))
      const link = new RegExp(`href="([^"]+)" lang="${chosen}"`).exec(page.body)?.[1] ?? ''
      const switched = await person.browser.get(new URL(link.replaceAll('&amp;', '&'), running.issuer).href)
      expect([path, switched.status, languageOf(switched.body)]).toEqual([path, 200, chosen])
      expect(switched.body).toContain(path === '' ? '/prove"' : '<form')
      for (const next of ['', '/prove', '/new']) {
        expect(languageOf((await person.browser.get(person.url(next))).body)).toBe(chosen)
      }
    }
    const wrong = await person.prove('INT-999999', 'INV-0')
    expect([wrong.status, languageOf(wrong.body)]).toEqual([422, 'nl'])
    const later = await person.browser.get(`${running.issuer}/nowhere`)
    expect(languageOf(later.body)).toBe('nl')
  })

  test('that nobody speaks changes nothing', async () => {
    const person = await meetUncertain(running, 'confirm', { ui_locales: 'xx zz' })
    const before = languageOf(person.page.body)
    for (const lang of ['xx', '', '../de', 'de&lang=fr']) {
      const page = await person.browser.get(person.url(`?lang=${lang}`))
      expect([page.status, languageOf(page.body)]).toEqual([200, before])
    }
  })
})
