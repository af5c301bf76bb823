import { personaTruth } from '#examples/customer-data/personas.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { codeTo } from '#test/support/code-to.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { atApp, claimsOf, createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { meetUncertain, type UncertainPerson } from '#test/support/uncertain.ts'

/** A new customer: verified data to read, an e-mail address only where none is known, terms once (ADR 0058). */
const TERMS = { version: '2026-11', url: 'https://terms.example/' }
const MAIL = 'georges@example.net'

let running: RunningPias
const start = async (config: object = { pages: { terms: TERMS } }) => {
  running = await startPias({ config })
  // Georges, whose itsme tells no e-mail address, is no customer here.
  const his = personaTruth()['no-email'].link
  await running.pias.store.customers.write(
    his.map(key => ({ kind: 'remove', key })),
    Date.now(),
  )
}
afterEach(() => running.close())

const post = async (person: UncertainPerson, path: string, form: Record<string, string>, page = path) =>
  person.browser.post(person.url(path), { csrf: await person.formToken(page), ...form })
const give = (person: UncertainPerson, email: string) => post(person, '/new', { email, terms: TERMS.version })
const attemptOf = async ({ uid }: UncertainPerson): Promise<Partial<LoginAttempt>> =>
  ((await running.pias.store.attempts.find(uid))?.data ?? {}) as Partial<LoginAttempt>
const eventsOf = async (type: string) =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000 })).filter(event => event.type === type)

const claimsAtApp = async ({ app, browser, request }: UncertainPerson, location: string | undefined) => {
  const tokens = await redeem(app, browser, await browser.follow(location ?? '', atApp), request)
  return (await userinfo(running, browser, tokens.access_token)).json()
}
const accountOf = async (claims: { sub?: unknown }) => running.pias.store.accounts.find(String(claims.sub) as AccountId)

test('gives the one thing that is missing, confirms it by a code, and accepts the terms, once', async () => {
  await start()
  const person = await meetUncertain(running, 'no-email')
  const page = await person.browser.get(person.url('/new'))
  expect(page.body).toContain('autocomplete="email"')
  expect(page.body.match(/<input(?! type="hidden")/g)).toHaveLength(1)
  expect(page.body).toContain(`href="${TERMS.url}"`)
  for (const wrong of ['', 'georges', '0470 12 34 56']) expect((await give(person, wrong)).status).toBe(422)

  const sent = await give(person, ` Georges@Example.NET `)
  expect([sent.status, sent.location]).toEqual([303, person.url('/new/code')])
  expect((await post(person, '/new/code', { code: '12' })).status).toBe(422)
  const done = await post(person, '/new/code', { code: await codeTo(running, MAIL) })
  const claims = await claimsAtApp(person, done.location)
  expect(claims).toMatchObject({ email: MAIL, email_verified: true, customer_accounts: [] })
  const account = await accountOf(claims)
  expect(account?.claims.sources?.email).toMatchObject({ by: 'person' })
  expect(account?.claims.terms).toMatchObject({ version: TERMS.version })
  expect(await eventsOf('account.opened')).toEqual([
    expect.objectContaining({ data: expect.objectContaining({ origin: 'new', email: 'confirmed', terms: '2026-11' }) }),
  ])

  // Later: no page, nothing asked, and what itsme does not tell has not gone.
  const [app, browser] = [createTestApp(running), createHttpBrowser()]
  const request = app.authorize()
  const answers = await logIn(browser, request.url, 'no-email')
  expect(answers.every(({ status }) => status !== 200)).toBe(true)
  const tokens = await redeem(app, browser, answers, request)
  expect(claimsOf(tokens.id_token).sub).toBe(claims.sub)
  expect((await userinfo(running, browser, tokens.access_token)).json()).toMatchObject({ email: MAIL })
  expect((await accountOf(claims))?.claims).toEqual(account?.claims)
})

test('may go on without an address, before a code was sent and after', async () => {
  await start({})
  const [before, after] = [await meetUncertain(running, 'no-email'), await meetUncertain(running, 'no-email')]
  await post(after, '/new', { email: MAIL })
  const second = await post(after, '/new', { without: '1' }, '/new/code')
  const claims = await claimsAtApp(after, second.location)
  expect(claims).not.toHaveProperty('email')
  expect((await accountOf(claims))?.claims).not.toHaveProperty('terms')
  const first = await post(before, '/new', { without: '1', email: MAIL })
  expect((await claimsAtApp(before, first.location)).sub).toBe(claims.sub)
})

test('who has an address by itsme, or where no mail can be sent, is asked nothing', async () => {
  await start({ messages: { mail: { kind: 'none' } } })
  for (const persona of ['nora', 'no-email']) {
    const person = await meetUncertain(running, persona)
    const { body } = await person.browser.get(person.url('/new'))
    expect(body).not.toMatch(/<input(?! type="hidden")/)
    const given = await post(person, '/new', { email: MAIL })
    if (persona === 'no-email') expect(given.location).toBe(person.url('/new'))
    const done = persona === 'no-email' ? await post(person, '/new', {}) : given
    const { email, email_verified } = await claimsAtApp(person, done.location)
    expect([email, email_verified]).toEqual(persona === 'nora' ? ['nora.elamrani@example.com', false] : [])
  }
})

test('terms that were not shown are not accepted: the page is shown again', async () => {
  await start()
  const person = await meetUncertain(running, 'nora')
  for (const form of [{}, { terms: '2025-01' }] as Record<string, string>[]) {
    const answer = await post(person, '/new', form)
    expect([answer.status, answer.location]).toEqual([303, person.url('/new')])
  }
  expect(await eventsOf('account.opened')).toEqual([])
  await post(person, '/new', { terms: TERMS.version })
  expect(await eventsOf('account.opened')).toHaveLength(1)
})

describe('hostile use', () => {
  beforeEach(() => start())

  test('five tries, counted with all others; then the page no longer asks, and the right code is worth nothing', async () => {
    const person = await meetUncertain(running, 'no-email')
    await give(person, MAIL)
    const csrf = await person.formToken('/new/code')
    const enter = (code: string) => person.browser.post(person.url('/new/code'), { csrf, code })
    const right = await codeTo(running, MAIL)
    await Promise.all(Array.from({ length: 4 }, () => enter('x')))
    while (((await attemptOf(person)).proofTries ?? 0) < 5) await enter('x')
    expect((await enter(right)).location).toBe(person.url('/new'))
    expect((await person.browser.get(person.url('/new'))).body).not.toContain('autocomplete="email"')
    const done = await person.browser.post(person.url('/new'), { csrf, terms: TERMS.version })
    expect(await claimsAtApp(person, done.location)).not.toHaveProperty('email')
  })

  test('a code of another attempt, another person, or for a proof, confirms nothing', async () => {
    const first = await meetUncertain(running, 'no-email')
    await give(first, MAIL)
    const code = await codeTo(running, MAIL)
    const other = await meetUncertain(running, 'no-email')
    await give(other, 'other@example.net')
    expect((await post(other, '/new/code', { code })).status).toBe(422)
    await post(first, '/contact', { contact: MAIL })
    expect((await post(first, '/code', { code })).status).toBe(422)
    expect(await eventsOf('account.opened')).toEqual([])
  })

  test('parallel forms with the right code open one account', async () => {
    const person = await meetUncertain(running, 'no-email')
    await give(person, MAIL)
    const form = { csrf: await person.formToken('/new/code'), code: await codeTo(running, MAIL) }
    await Promise.all(Array.from({ length: 5 }, () => person.browser.post(person.url('/new/code'), form)))
    expect(await eventsOf('account.opened')).toHaveLength(1)
  })

  test('forms without the token are refused, and five codes are the most', async () => {
    const person = await meetUncertain(running, 'no-email')
    for (let n = 0; n < 7; n++) await give(person, `n${n}@example.net`)
    expect((await attemptOf(person)).newcomer?.codes).toHaveLength(5)
    for (const path of ['/new', '/new/code'])
      expect((await person.browser.post(person.url(path), { email: MAIL, code: '123456' })).status).toBe(403)
  })
})
