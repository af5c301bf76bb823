import { createAccountAccess } from '#src/accounts/account-access.ts'
import { createLinkChanges } from '#src/accounts/link-changes.ts'
import { newAccountId } from '#src/accounts/new-account-id.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import { addSecondLogin } from '#test/support/add-second-login.ts'
import { createAuthenticator } from '#test/support/authenticator.ts'
import { AUTHOR } from '#test/support/author.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, asPersona, claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { csrfOf } from '#test/support/uncertain.ts'

/** Passkeys as a second way in, over HTTP with an authenticator of the test's own (ADR 0080). */
const OFFER = {
  ...TEST_CLIENT,
  client_id: 'offer-app',
  pias_rollout: { existing: { phase: 'offer' }, passkey: 'allow' },
}
const STRONG = { ...OFFER, client_id: 'strong-app', pias_minimum_acr: 'urn:pias:acr:basic' }
const NOT = { ...TEST_CLIENT, client_id: 'not-app', pias_rollout: { existing: { phase: 'offer' } } }

let ahead = 0
let running: RunningPias
beforeEach(async () => {
  ahead = 0
  running = await startPias({
    clients: [OFFER, STRONG, NOT],
    clock: () => Date.now() + ahead,
    config: { pages: { defaultLocale: 'en' } },
  })
})
afterEach(() => running.close())

const unescaped = (text: string) => text.replaceAll('&#34;', '"').replaceAll('&amp;', '&')
const optionsOf = ({ body }: Answer) => JSON.parse(unescaped(/data-options="([^"]*)"/.exec(body)?.[1] ?? '{}'))
const ways = () => `${running.issuer}/account/ways`

/** A person who logged in upstream, at the page of the ways into the account. */
const atWays = async (persona = 'lotte') => {
  const browser = createHttpBrowser()
  const app = createTestApp(running)
  const request = app.authorize()
  const { id_token: idToken } = await redeem(app, browser, await logIn(browser, request.url, persona), request)
  return { browser, accountId: claimsOf(idToken).sub as AccountId, page: await browser.get(ways()) }
}

const challengeIn = ({ body }: Answer) => /name="challenge" value="([^"]*)"/.exec(body)?.[1] ?? ''
const add = (browser: HttpBrowser, page: Answer, credential: string, form: Record<string, string> = {}) =>
  browser.post(`${ways()}/add`, { csrf: csrfOf(page), challenge: challengeIn(page), credential, ...form })

const makePasskey = async (authenticator = createAuthenticator(running.issuer), persona = 'lotte') => {
  const person = await atWays(persona)
  expect(await add(person.browser, person.page, authenticator.create(optionsOf(person.page)))).toMatchObject({
    status: 303,
  })
  return { ...person, authenticator }
}

/** A browser that chose the passkey at an app, at the passkey's page. */
const choose = async (client: { client_id: string; client_secret: string } = OFFER, browser = createHttpBrowser()) => {
  const app = createTestApp(running, client)
  const request = app.authorize()
  const path = (await browser.get(request.url)).location ?? ''
  const url = new URL(`${path}/passkey`, running.issuer).href
  const page = await browser.get(url)
  const show = (credential: string) => browser.post(url, { csrf: csrfOf(page), credential })
  return { app, request, browser, url, page, show, options: optionsOf(page) }
}

const eventsOf = async (accountId?: AccountId) =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000, ...(accountId && { accountId }) })).map(one => one.type)

test('one is made after a login upstream, logs in at its own level, and is removed', async () => {
  const { browser: own, accountId, authenticator } = await makePasskey()
  const listed = await own.get(ways())
  for (const words of ['itsme', 'Made on', 'Remove']) expect(listed.body).toContain(words)
  expect(listed.body).not.toContain('Last used')

  const { app, request, browser, show, options } = await choose()
  const back = await browser.follow((await show(authenticator.get(options))).location ?? '', to =>
    to.startsWith('http://127.0.0.1:9'),
  )
  const { id_token: idToken } = await redeem(app, browser, back, request)
  expect(claimsOf(idToken)).toMatchObject({ sub: accountId, acr: 'urn:pias:acr:low', amr: ['hwk', 'user'] })
  // A login that no upstream vouched for opens none of the person's own pages.
  expect((await browser.get(ways())).location).toContain('/auth?')

  const again = await own.get(ways())
  expect(again.body).toContain('Last used')
  const [, id = ''] = /name="passkey" value="([^"]+)"/.exec(again.body) ?? []
  await own.post(`${ways()}/remove`, { csrf: csrfOf(again), passkey: id })
  const next = await choose()
  expect(await next.show(authenticator.get(next.options))).toMatchObject({ status: 422 })
  expect(await eventsOf(accountId)).toEqual(expect.arrayContaining(['passkey.added', 'passkey.removed']))
})

test('a login by it does not do where more is demanded, and an app whose policy has none never sees it', async () => {
  const { authenticator } = await makePasskey()
  const strong = await choose(STRONG)
  const back = await strong.browser.follow(
    (await strong.show(authenticator.get(strong.options))).location ?? '',
    to => to.startsWith('http://127.0.0.1:9') || to.includes('/interaction/'),
  )
  expect(appAnswer(back.at(-1)).code).toBeUndefined()

  const other = await choose(NOT)
  expect(other.page.location).toMatch(/\/interaction\/[\w-]+$/)
})

test('what does not hold is refused alike: no user verification, another origin, another person’s handle, rubbish', async () => {
  const { authenticator } = await makePasskey()
  const bad = [
    (options: { challenge: string }) => authenticator.get(options, { flags: 0x01 }),
    (options: { challenge: string }) => authenticator.get(options, { from: 'https://evil.example' }),
    (options: { challenge: string }) => authenticator.get(options, { handle: 'c29tZWJvZHk' }),
    (options: { challenge: string }) => createAuthenticator(running.issuer).get(options),
    () => '{"id":{"$ne":""}}',
    () => 'null',
  ]
  const pages = []
  for (const make of bad) {
    const { show, options } = await choose()
    const { status, body } = await show(make(options))
    pages.push({ status, title: /<title>([^<]*)/.exec(body)?.[1] })
  }
  expect(new Set(pages.map(page => JSON.stringify(page))).size).toBe(1)
  expect(pages[0]).toMatchObject({ status: 422, title: expect.stringContaining('Error') })
  expect((await eventsOf()).filter(type => type === 'passkey.refused')).toHaveLength(bad.length)
})

test('an answer counts for one try of one login in one browser; of many at once one logs in', async () => {
  const { authenticator } = await makePasskey()
  const first = await choose()
  const second = await choose()
  const answer = authenticator.get(first.options)
  expect(await second.show(answer)).toMatchObject({ status: 422 })
  expect(await first.show('{}')).toMatchObject({ status: 422 })
  // The next try has a challenge of its own.
  expect(await first.show(answer)).toMatchObject({ status: 422 })

  const third = await choose()
  const good = authenticator.get(third.options)
  const answers = await Promise.all(Array.from({ length: 8 }, () => third.show(good)))
  const toProvider = new Set(answers.map(({ location = '' }) => location).filter(to => to.includes('/auth/')))
  expect(toProvider.size).toBe(1)
  expect(await third.show(good)).not.toMatchObject({ status: 500 })
})

test('five tries, then no more', async () => {
  const { authenticator } = await makePasskey()
  const { show, browser, url } = await choose()
  for (let n = 0; n < 5; n += 1) expect(await show('{}')).toMatchObject({ status: 422 })
  expect(await show(authenticator.get(optionsOf(await browser.get(url))))).toMatchObject({ status: 429 })
})

test('a copy of it is noticed by its count; one of a blocked account is worth nothing', async () => {
  const { authenticator, accountId } = await makePasskey()
  const show = async (step: number) => {
    const { show, options } = await choose()
    return (await show(authenticator.get(options, { step }))).status
  }
  expect(await show(5)).toBe(303)
  expect(await show(-2)).toBe(422)
  expect(await show(5)).toBe(303)
  await createAccountAccess({ ...running.pias.store, clock: Date.now }).block(accountId, AUTHOR)
  expect(await show(1)).toBe(422)
})

test('a stranger who is taken out of an account leaves no way in: no passkey, no page kept open, no login kept back', async () => {
  const { accountId, authenticator, browser, page } = await makePasskey()
  const { store } = running.pias
  const [stranger] = await store.linkChanges.identitiesOf(accountId)
  await addSecondLogin(store, accountId)
  const late = createHttpBrowser()
  const begun = await late.get(createTestApp(running).authorize().url)
  const [toProvider] = (await late.follow(asPersona(begun.location, 'lotte'), to => /\/auth\/[\w-]+$/.test(to))).slice(
    -1,
  )
  // A passkey that was right, its login kept back, too.
  const shown = await choose()
  const kept = await shown.show(authenticator.get(shown.options))

  const changes = createLinkChanges({ ...store, clock: Date.now, newAccountId })
  const split = { kind: 'split' as const, account: accountId, identities: [stranger as IdentityKey], records: [] }
  expect(await changes.request(split, { by: 'admin-1', reason: 'two people' })).toMatchObject({ kind: 'done' })

  expect(await eventsOf(accountId)).toContain('passkey.removed')
  const { show, options } = await choose()
  expect(await show(authenticator.get(options))).toMatchObject({ status: 422 })
  await add(browser, page, createAuthenticator(running.issuer).create(optionsOf(page)))
  expect(await store.passkeys.list(accountId)).toEqual([])
  for (const [held, from] of [
    [late, toProvider],
    [shown.browser, kept],
  ] as const) {
    expect(from?.location).toMatch(/\/auth\/[\w-]+$/)
    const answers = await held.follow(from?.location ?? '', to => !to.startsWith(running.issuer))
    expect(appAnswer(answers.at(-1)).code).toBeUndefined()
    expect((await held.get(`${running.issuer}/account`)).status).toBe(303)
  }
})

describe('adding one', () => {
  test('wants a fresh login, a challenge of this session, and a passkey that nobody has', async () => {
    const { browser, page, authenticator } = await makePasskey()
    const other = await atWays('thomas')
    // The challenge, and then the passkey, of somebody else.
    const made = authenticator.create(optionsOf(other.page))
    expect(await add(other.browser, other.page, made, { challenge: challengeIn(page) })).toMatchObject({ status: 422 })
    expect(await add(other.browser, other.page, made)).toMatchObject({ status: 422 })
    expect(await add(other.browser, other.page, made, { csrf: csrfOf(page) })).toMatchObject({ status: 403 })
    expect(await running.pias.store.passkeys.list(other.accountId)).toEqual([])

    ahead = 700_000
    expect((await browser.get(ways())).location).toContain('max_age=600')
    await add(browser, page, createAuthenticator(running.issuer).create(optionsOf(page)))
    ahead = 0
    expect((await browser.get(ways())).body.match(/Made on/g)).toHaveLength(1)
  })

  test('ends at ten', async () => {
    const { browser } = await makePasskey()
    for (let n = 1; n < 10; n += 1) {
      const page = await browser.get(ways())
      await add(browser, page, createAuthenticator(running.issuer).create(optionsOf(page)))
    }
    const full = await browser.get(ways())
    expect(full.body.match(/Made on/g)).toHaveLength(10)
    expect(full.body).not.toContain('data-passkey')
  })
})

test('a person is told of it, and the own data say it', async () => {
  const { browser } = await makePasskey()
  const page = await browser.get(`${running.issuer}/account/data`)
  const data = await browser.post(`${running.issuer}/account/data/export`, { csrf: csrfOf(page) })
  expect(JSON.parse(data.body)).toMatchObject({ ways: { upstreams: ['itsme'], passkeys: [{ usedAt: null }] } })
})
