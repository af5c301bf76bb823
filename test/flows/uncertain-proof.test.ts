import type { LoginAttempt } from '#src/interaction/attempt.ts'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { atApp, createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { PATIENT, slowDownStore } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { comparable, csrfOf, linkAllFound, meetUncertain, type UncertainPerson } from '#test/support/uncertain.ts'

/** "I am already a customer": the proof of customer number and invoice reference. */
const RIGHT = ['INT-200001', 'INV-2025-0200001'] as const
/** A record of somebody else, with an invoice reference that is right for it. */
const OF_ANOTHER = ['INT-100001', 'INV-2025-0120001'] as const

let running: RunningPias
beforeEach(async () => {
  running = await startPias({ config: PATIENT })
})
afterEach(() => running.close())

const eventsOf = async (type: string) =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000 })).filter(event => event.type === type)

const triesOf = async ({ uid }: UncertainPerson): Promise<number | undefined> => {
  const stored = await running.pias.store.attempts.find(uid)
  return (stored?.data as LoginAttempt | undefined)?.proofTries
}

const recordsAtApp = async ({ app, browser, request }: UncertainPerson, location: string | undefined) => {
  const tokens = await redeem(app, browser, await browser.follow(location ?? '', atApp), request)
  const claims = (await userinfo(running, browser, tokens.access_token)).json()
  return (claims.customer_accounts as Record<string, string>[]).map(one => one.customer_id)
}

const isLockedPage = (page: Answer): boolean => page.status === 200 && !page.body.includes('name="invoiceReference"')

test('the right answer logs the person in, linked to the record', async () => {
  const person = await meetUncertain(running, 'confirm')
  const done = await person.prove(...RIGHT)
  expect(done.status).toBe(303)
  expect(await recordsAtApp(person, done.location)).toEqual(['INT-200001'])
  expect((await eventsOf('link.created')).map(({ data }) => (data as { method: string }).method)).toEqual(['proof'])
})

test('spaces, dashes and case of the invoice reference do not matter', async () => {
  const person = await meetUncertain(running, 'confirm')
  const done = await person.prove(' INT-200001 ', ' inv 2025.0200001')
  expect(await recordsAtApp(person, done.location)).toEqual(['INT-200001'])
})

test('a proven person is known afterwards: no page, the same record', async () => {
  const person = await meetUncertain(running, 'confirm')
  await person.browser.follow((await person.prove(...RIGHT)).location ?? '', atApp)
  const app = createTestApp(running)
  const request = app.authorize()
  const answers = await logIn(createHttpBrowser(), request.url, 'confirm')
  expect(answers.map(({ status }) => status)).toEqual([303, 302, 303, 303])
})

test('all wrong answers are answered alike, and open nothing', async () => {
  const answers: [string, readonly [string, string]][] = [
    ['a customer number that nobody has', ['INT-999999', RIGHT[1]]],
    ['a wrong invoice', [RIGHT[0], 'INV-2025-9999999']],
    ['the record of another, with its own invoice', OF_ANOTHER],
    ['the own record, with the invoice of another', [RIGHT[0], OF_ANOTHER[1]]],
  ]
  const pages = []
  const people = await Promise.all(['confirm', 'nora'].map(persona => meetUncertain(running, persona)))
  for (const [name, [customerId, invoice]] of answers) {
    for (const person of people) {
      const page = await person.prove(customerId, invoice)
      pages.push({ name, page: comparable(page, [customerId, invoice]) })
    }
  }
  for (const { name, page } of pages) {
    expect([name, page.status]).toEqual([name, 422])
    expect({ name, page }).toEqual({ name, page: pages[0]?.page })
    for (const secret of ['Vandenbroucke', 'Zennestraat', 'Molenstraat', 'INV-'])
      expect(page.body).not.toContain(secret)
  }
  expect(await eventsOf('account.opened')).toEqual([])
  const refused = (await eventsOf('proof.refused')).map(({ data }) => (data as { reason: string }).reason)
  expect(refused).toEqual(Array(8).fill('wrong'))
})

test('an incomplete form costs no try', async () => {
  const person = await meetUncertain(running, 'confirm')
  for (const [customerId, invoice] of [
    ['', ''],
    ['INT-200001', '   '],
    ['', 'INV-2025-0200001'],
    ['x'.repeat(65), 'y'],
  ] as const) {
    expect((await person.prove(customerId, invoice)).status).toBe(422)
  }
  expect(await triesOf(person)).toBe(0)
})

describe('the limit', () => {
  test('five wrong tries lock; then even the right answer is not looked at, and "I am new" still works', async () => {
    const person = await meetUncertain(running, 'confirm')
    const csrf = await person.formToken('/prove')
    const wrong = []
    for (let index = 0; index < 5; index++) wrong.push(await person.prove('INT-200001', `INV-${index}`))
    expect(wrong.map(({ status }) => status)).toEqual([422, 422, 422, 422, 303])
    expect(isLockedPage(await person.browser.get(wrong[4]?.location ?? ''))).toBe(true)

    const [customerId, invoiceReference] = RIGHT
    const late = await person.browser.post(person.url('/prove'), { csrf, customerId, invoiceReference })
    expect(isLockedPage(await person.browser.get(late.location ?? ''))).toBe(true)
    expect(await triesOf(person)).toBe(5)
    expect(await eventsOf('account.opened')).toEqual([])

    const done = await person.openAccount()
    expect(await recordsAtApp(person, done.location)).toEqual([])
  })

  test('parallel forms buy no more than five tries', async () => {
    slowDownStore(running.pias.store)
    const person = await meetUncertain(running, 'confirm')
    const csrf = await person.formToken('/prove')
    const send = (invoiceReference: string) =>
      person.browser.post(person.url('/prove'), { csrf, customerId: 'INT-200001', invoiceReference })
    for (let round = 0; round < 6; round++) {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => send(`INV-${round}-${index}`)))
      expect(answers.filter(({ status }) => status !== 422 && status !== 303)).toEqual([])
      // Each of them is looked at as long as there are tries.
      expect(await triesOf(person)).toBe(5)
    }
    const late = await send(RIGHT[1])
    // Of those that came after the fifth, one is told, and no more.
    const reasons = (await eventsOf('proof.refused')).map(({ data }) => (data as { reason: string }).reason)
    expect(reasons.sort()).toEqual(['locked', ...Array(5).fill('wrong')])
    expect(isLockedPage(await person.browser.get(late.location ?? ''))).toBe(true)
  })

  test.each([
    ['first', 1, ['wrong', 'wrong'], 3],
    ['fifth', 5, [], 5],
  ])('tries that come while the right %s one is looked at take nothing from it', async (_nth, nth, wrong, counted) => {
    const { limits } = running.pias.store
    const person = await meetUncertain(running, 'confirm')
    for (let index = 1; index < nth; index++) await person.prove(RIGHT[0], `INV-${index}`)
    const csrf = await person.formToken('/prove')
    const send = (invoiceReference: string) =>
      person.browser.post(person.url('/prove'), { csrf, customerId: RIGHT[0], invoiceReference })

    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>()
    const { promise: isCounted, resolve: noteCounted } = Promise.withResolvers<void>()
    const { hit } = limits
    const hitLater: typeof hit = async (key, ...window) => {
      if (key.startsWith('proof:')) {
        Object.assign(limits, { hit })
        noteCounted()
        await mayGoOn
      }
      return hit(key, ...window)
    }
    Object.assign(limits, { hit: hitLater })
    const right = send(RIGHT[1])
    await isCounted
    expect(await triesOf(person)).toBe(nth)
    const late = await Promise.all([send('INV-8'), send('INV-9')])
    const shown = nth < 5 ? undefined : person.url('/prove')
    expect(late.map(({ location }) => location)).toEqual([shown, shown])
    goOn()
    const done = await linkAllFound(person.browser, await right)
    expect(await recordsAtApp(person, done.location)).toEqual([RIGHT[0]])
    expect(await triesOf(person)).toBe(counted)
    const reasons = (await eventsOf('proof.refused')).map(({ data }) => (data as { reason: string }).reason)
    expect(reasons).toEqual(nth < 5 ? wrong : [...Array(4).fill('wrong'), 'locked'])
  })

  test('new attempts do not buy more than ten tries a day', async () => {
    for (let attempt = 0; attempt < 2; attempt++) {
      const person = await meetUncertain(running, 'confirm')
      for (let index = 0; index < 5; index++) await person.prove('INT-200001', `INV-${attempt}-${index}`)
    }
    const third = await meetUncertain(running, 'confirm')
    const refused = await third.prove(...RIGHT)
    const page = await third.browser.get(refused.location ?? '')
    expect([refused.status, page.status, page.body.includes('name="invoiceReference"')]).toEqual([303, 200, false])
    expect(await eventsOf('account.opened')).toEqual([])
  })
})

describe('a form that PIAS did not give this browser for this attempt', () => {
  const [customerId, invoiceReference] = RIGHT
  let person: UncertainPerson
  let csrf: string
  beforeEach(async () => {
    person = await meetUncertain(running, 'confirm')
    csrf = await person.formToken('/prove')
  })
  afterEach(async () => {
    expect(await triesOf(person)).toBe(0)
    expect(await eventsOf('account.opened')).toEqual([])
  })

  test.each(['/prove', '/new'])('%s: without the token, or with that of another attempt, is 403', async path => {
    const other = await meetUncertain(running, 'nora')
    const form = { customerId, invoiceReference }
    for (const wrong of [{}, { csrf: '' }, { csrf: 'x'.repeat(43) }, { csrf: await other.formToken('/prove') }]) {
      const answer = await person.browser.post(person.url(path), { ...form, ...wrong } as Record<string, string>)
      expect(answer.status).toBe(403)
    }
  })

  test.each(['/prove', '/new'])('%s: from another origin is 403', async path => {
    const form = { csrf, customerId, invoiceReference }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      expect((await person.browser.post(person.url(path), form, headers)).status).toBe(403)
    }
  })

  test.each(['/prove', '/new'])('%s: in a browser without the cookie is refused', async path => {
    const form = { csrf, customerId, invoiceReference }
    const elsewhere = await createHttpBrowser().post(person.url(path), form)
    expect([elsewhere.status, elsewhere.location]).toEqual([400, undefined])
    const other = await meetUncertain(running, 'nora')
    const foreign = await other.browser.post(person.url(path), { ...form, csrf: await other.formToken('/prove') })
    expect([foreign.status, foreign.location]).toEqual([400, undefined])
    for (const page of ['', '/prove', '/new', '/cancel', '/retry']) {
      const seen = await other.browser.get(person.url(page))
      expect([page, seen.status, seen.location, csrfOf(seen)]).toEqual([page, 400, undefined, ''])
      expect(seen.body).not.toContain('Willems')
    }
  })
})
