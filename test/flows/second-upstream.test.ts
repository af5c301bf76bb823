import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { personaTruth } from '#examples/customer-data/personas.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import {
  appAnswer,
  asPersona,
  atApp,
  claimsOf,
  createTestApp,
  logIn,
  REDIRECT_URI,
  redeem,
  toCallback,
  userinfo,
} from '#test/support/log-in.ts'
import { type RunningPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { BOTH, startThreeUpstreams, WALLET } from '#test/support/three-upstreams.ts'
import { csrfOf, linkAllFound } from '#test/support/uncertain.ts'
import { watchRequests } from '#test/support/watch-requests.ts'
import type { PartnerProvider } from '#test/upstream/oidc/partner-provider.ts'

let world: Awaited<ReturnType<typeof startThreeUpstreams>>
let running: RunningPias
let partner: PartnerProvider

const start = async () => {
  world = await startThreeUpstreams()
  running = world.running
  partner = world.partner
}
const stop = () => world.close()

/** Where a client's request sends a new browser. */
const destination = async (client: typeof TEST_CLIENT, extra: Record<string, string> = {}): Promise<string> => {
  const { location } = await createHttpBrowser().get(createTestApp(running, client).authorize(extra).url)
  const url = new URL(location ?? 'none:')
  return `${url.origin}${url.pathname}`
}

/** A whole login in a browser of its own: tokens and claims. */
const logInFully = async (client: typeof TEST_CLIENT, persona: string, extra: Record<string, string> = {}) => {
  const app = createTestApp(running, client)
  const browser = createHttpBrowser()
  const request = app.authorize(extra)
  const answers = await logIn(browser, request.url, persona)
  const tokens = await redeem(app, browser, answers, request)
  const claims = (await userinfo(running, browser, tokens.access_token)).json<Record<string, unknown>>()
  return { answers, idToken: claimsOf(tokens.id_token), claims }
}

/** A login that opens a new account on the way. */
const openNew = async (client: typeof TEST_CLIENT, persona: string) => {
  const app = createTestApp(running, client)
  const browser = createHttpBrowser()
  const page = (await logIn(browser, app.authorize().url, persona)).at(-1)
  const [, path = ''] = /"(\/interaction\/[\w-]+)\/prove"/.exec(page?.body ?? '') ?? []
  const url = `${running.issuer}${path}/new`
  const posted = await browser.post(url, { csrf: csrfOf(await browser.get(url)) })
  await browser.follow(posted.location ?? '', atApp)
  return browser
}

/** A login that ends at PIAS's question. */
const logInToQuestion = async (client: typeof TEST_CLIENT, persona: string, extra: Record<string, string> = {}) => {
  const app = createTestApp(running, client)
  const browser = createHttpBrowser()
  const request = app.authorize(extra)
  const page = (await logIn(browser, request.url, persona)).at(-1)
  const [, path = ''] = /"(\/interaction\/[\w-]+)\/prove"/.exec(page?.body ?? '') ?? []
  const finish = async (form: 'prove' | 'new', fields: Record<string, string> = {}) => {
    const url = `${running.issuer}${path}/${form}`
    const csrf = csrfOf(await browser.get(url))
    const posted = await linkAllFound(browser, await browser.post(url, { csrf, ...fields }))
    if (posted.location === undefined) return { posted, claims: {} }
    const answers = await browser.follow(posted.location, atApp)
    const tokens = await redeem(app, browser, answers, request)
    return { posted, claims: (await userinfo(running, browser, tokens.access_token)).json<Record<string, unknown>>() }
  }
  return { page, path, finish }
}

const recordsOf = (claims: Record<string, unknown>): string[] =>
  (claims.customer_accounts as Record<string, string>[]).map(one => `${one.service_line} ${one.customer_id}`).sort()

const LOTTES_RECORDS = personaTruth()
  .lotte.link.map(({ serviceLine, customerId }) => `${serviceLine} ${customerId}`)
  .sort()

describe('the upstream of a login', () => {
  beforeAll(start)
  afterAll(stop)

  test("is the first of the client's, and without a policy the first configured", async () => {
    expect(await destination(TEST_CLIENT)).toBe(`${running.simulator.issuer}/authorization`)
    expect(await destination(BOTH)).toBe(`${partner.issuer}/auth`)
  })

  test('is the one the app hints at, where its client may', async () => {
    expect(await destination(BOTH, { pias_upstream: 'itsme' })).toBe(`${running.simulator.issuer}/authorization`)
    expect(await destination(BOTH, { pias_upstream: 'partner' })).toBe(`${partner.issuer}/auth`)
    expect(await destination(TEST_CLIENT, { pias_upstream: 'itsme' })).toBe(`${running.simulator.issuer}/authorization`)
  })

  test.each([
    ['not of this client', TEST_CLIENT, 'partner'],
    ['not of this client either', BOTH, 'wallet'],
    ['of nobody', BOTH, 'other'],
    ['an inherited name', BOTH, 'constructor'],
  ])('that is %s is refused at the app', async (_what, client, hint) => {
    const request = createTestApp(running, client).authorize({ pias_upstream: hint })
    const answer = await createHttpBrowser().get(request.url)
    expect(appAnswer(answer)).toMatchObject({ error: 'invalid_request', state: request.state, iss: running.issuer })
    expect(answer.setCookies.filter(({ name }) => name.includes('login'))).toEqual([])
  })

  test('that is given twice is refused', async () => {
    const request = createTestApp(running, BOTH).authorize({ pias_upstream: 'itsme' })
    const answer = await createHttpBrowser().get(`${request.url}&pias_upstream=partner`)
    expect(`${answer.status} ${answer.location ?? ''}`).toMatch(/400|error=invalid_request/)
    expect(answer.location ?? '').not.toContain(partner.issuer)
  })

  test('that is left empty is no hint', async () => {
    expect(await destination(BOTH, { pias_upstream: '' })).toBe(`${partner.issuer}/auth`)
  })

  test('is the one that the pages name', async () => {
    const [atPartner, atItsme] = await Promise.all(
      ['partner', 'itsme'].map(async pias_upstream => {
        const request = createTestApp(running, BOTH).authorize({ pias_upstream, ui_locales: 'en' })
        return (await logIn(createHttpBrowser(), request.url, 'refuse')).at(-1)?.body
      }),
    )
    expect(atPartner).toContain('class="button primary"')
    expect(atPartner).toContain('Log in with partner')
    expect(atPartner).not.toContain('itsme')
    expect(atItsme).toContain('class="itsme"')
    expect(atItsme).toContain('Log in with itsme')
  })

  test('stays the same when the person tries again', async () => {
    const browser = createHttpBrowser()
    const request = createTestApp(running, BOTH).authorize({ pias_upstream: 'partner' })
    const page = (await logIn(browser, request.url, 'refuse')).at(-1)
    const [, retry = ''] = /href="(\/interaction\/[\w-]+\/retry)"/.exec(page?.body ?? '') ?? []
    const again = await browser.get(`${running.issuer}${retry}`)
    expect(again.location?.startsWith(`${partner.issuer}/auth`)).toBe(true)
  })
})

describe('a person of an upstream that is vouched for', () => {
  beforeEach(start)
  afterEach(stop)

  test('is matched and linked without a page, and known the next time', async () => {
    const { answers, idToken, claims } = await logInFully(BOTH, 'mila')
    expect(answers.filter(({ status }) => status === 200)).toEqual([])
    expect(idToken).toMatchObject({ acr: 'urn:pias:acr:basic', amr: ['pwd', 'otp', 'partner'] })
    expect(claims).toMatchObject({ family_name: 'Desmet', phone_number_verified: true, email_verified: false })
    expect(recordsOf(claims)).toEqual(['mobile MOB-777001', 'tv TV-777002'])
    expect((await logInFully(BOTH, 'mila')).claims.sub).toBe(claims.sub)
  })

  test('who is known by itsme already is not merged: the records stay, and the person is asked', async () => {
    const byItsme = await logInFully(TEST_CLIENT, 'lotte')
    expect(recordsOf(byItsme.claims)).toEqual(LOTTES_RECORDS)
    const { page, finish } = await logInToQuestion(BOTH, 'lotte', { pias_upstream: 'partner' })
    expect(page?.body).toContain('/prove"')
    const { claims } = await finish('new')
    expect(claims.sub).not.toBe(byItsme.claims.sub)
    expect(recordsOf(claims)).toEqual([])
    expect((await logInFully(TEST_CLIENT, 'lotte')).claims.sub).toBe(byItsme.claims.sub)
  })
})

describe('a person of an upstream that is not vouched for', () => {
  beforeEach(start)
  afterEach(stop)

  test('is asked, however well the claims fit', async () => {
    const { page } = await logInToQuestion(WALLET, 'mila')
    expect(page?.body).not.toContain('itsme')
    expect(page?.status).toBe(200)
    expect(page?.body).toContain('/prove"')
    const events = await running.pias.store.audit.list({ after: 0, limit: 100 })
    expect(events.map(({ type, data }) => [type, data])).toEqual([['link.unresolved', { outcome: 'asserted' }]])
  })

  test('gets the record that is proved, and nothing that goes with it', async () => {
    const { finish } = await logInToQuestion(WALLET, 'mila')
    const wrong = await finish('prove', { customerId: 'MOB-777001', invoiceReference: 'INV-000000' })
    expect(wrong.posted.status).toBe(422)
    const { claims } = await finish('prove', { customerId: 'MOB-777001', invoiceReference: 'INV-777001' })
    expect(recordsOf(claims)).toEqual(['mobile MOB-777001'])
    expect(claims).toMatchObject({ phone_number_verified: false })
  })

  test('may be new, and is known the next time', async () => {
    const { finish } = await logInToQuestion(WALLET, 'mila')
    const { claims } = await finish('new')
    expect(recordsOf(claims)).toEqual([])
    const again = await logInFully(WALLET, 'mila')
    expect(again.claims.sub).toBe(claims.sub)
    expect(recordsOf(again.claims)).toEqual([])
  })

  test('is another identity than the same subject by way of another client of that provider', async () => {
    const { finish } = await logInToQuestion(WALLET, 'mila')
    const { claims } = await finish('new')
    const vouched = await logInFully(WALLET, 'mila', { pias_upstream: 'partner' })
    expect(vouched.claims.sub).not.toBe(claims.sub)
    expect(recordsOf(vouched.claims)).toHaveLength(2)
  })
})

describe('a session that another upstream began', () => {
  beforeAll(start)
  afterAll(stop)

  test('is not used by an app that does not accept that upstream', async () => {
    const browser = await openNew(WALLET, 'mila')
    const sameApp = await browser.get(createTestApp(running, WALLET).authorize().url)
    expect(appAnswer(sameApp)).toHaveProperty('code')

    const other = createTestApp(running, TEST_CLIENT)
    const asked = await browser.get(other.authorize().url)
    expect(asked.location?.startsWith(`${running.simulator.issuer}/authorization`)).toBe(true)
    const silent = await browser.get(other.authorize({ prompt: 'none' }).url)
    expect(appAnswer(silent)).toMatchObject({ error: 'login_required' })
  })

  test('is replaced when the person logs in by the upstream that is accepted', async () => {
    const browser = await openNew(WALLET, 'lotte')
    const app = createTestApp(running, TEST_CLIENT)
    const request = app.authorize()
    const tokens = await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
    expect(claimsOf(tokens.id_token).amr).toEqual(['mfa', 'itsme'])
  })
})

describe('an upstream that is taken from an app', () => {
  beforeEach(start)
  afterEach(stop)

  /** Writes the app's file anew, without the upstream, and waits until PIAS has read it. */
  const takeAway = async () => {
    const [file = ''] = readdirSync(running.clientsDir).filter(name =>
      readFileSync(join(running.clientsDir, name), 'utf8').includes(`"${BOTH.client_id}"`),
    )
    writeFileSync(join(running.clientsDir, file), JSON.stringify({ ...BOTH, pias_upstreams: ['itsme'] }))
    while ((await destination(BOTH)).startsWith(partner.issuer)) await new Promise(resolve => setTimeout(resolve, 50))
  }
  const events = () => running.pias.store.audit.list({ after: 0, limit: 100 })

  test('while a person is there ends no login: nothing is exchanged or written, and the app can be told', async () => {
    const browser = createHttpBrowser()
    const request = createTestApp(running, BOTH).authorize({ ui_locales: 'en' })
    const begun = await browser.get(request.url)
    const atCallback = (location: string) => location.startsWith(running.issuer)
    const callback = (await browser.follow(asPersona(begun.location, 'mila'), atCallback)).at(-1)?.location ?? ''
    await takeAway()

    const watch = watchRequests(partner.issuer)
    const page = (await browser.follow(callback, atApp)).at(-1)
    expect(page?.body).toContain('partner is not answering just now')
    const [, path = ''] = /href="(\/interaction\/[\w-]+)\/retry"/.exec(page?.body ?? '') ?? []
    const again = (await browser.follow(`${running.issuer}${path}/retry`, atApp)).at(-1)
    expect(again?.body).toContain('partner is not answering just now')
    watch.stop()
    expect(watch.seen).toEqual([])
    expect(await events()).toEqual([])
    const left = await browser.follow(`${running.issuer}${path}/cancel`, atApp)
    expect(appAnswer(left.at(-1))).toMatchObject({ error: 'access_denied', state: request.state })
  })

  test('while a person is asked opens no account and proves nothing', async () => {
    await logInFully(TEST_CLIENT, 'lotte')
    const before = await events()
    const app = createTestApp(running, BOTH)
    const browser = createHttpBrowser()
    const page = (await logIn(browser, app.authorize({ pias_upstream: 'partner' }).url, 'lotte')).at(-1)
    const [, path = ''] = /"(\/interaction\/[\w-]+)\/prove"/.exec(page?.body ?? '') ?? []
    const csrf = csrfOf(await browser.get(`${running.issuer}${path}/new`))
    await takeAway()
    for (const [form, fields] of [
      ['new', {}],
      ['prove', { customerId: 'MOB-777001', invoiceReference: 'INV-777001' }],
    ] as const) {
      const answer = await browser.post(`${running.issuer}${path}/${form}`, { csrf, ...fields })
      expect([form, answer.status, answer.location]).toEqual([form, 503, undefined])
    }
    // Somebody else has these records: people are to look at each.
    const told = [...Array(4).fill('review.opened'), 'link.unresolved']
    expect((await events()).slice(before.length).map(({ type }) => type)).toEqual(told)
  })
})

describe('an answer at the callback of another upstream (mix-up)', () => {
  beforeAll(start)
  afterAll(stop)

  test.each([
    ['itsme', 'partner', 'lotte'],
    ['partner', 'itsme', 'mila'],
    ['partner', 'wallet', 'mila'],
  ])('of %s at the callback of %s is refused and spends nothing', async (upstream, other, persona) => {
    const browser = createHttpBrowser()
    const request = createTestApp(running, BOTH).authorize({ pias_upstream: upstream })
    const begun = await browser.get(request.url)
    const atCallback = (location: string) => location.startsWith(running.issuer)
    const callback = (await browser.follow(asPersona(begun.location, persona), atCallback)).at(-1)?.location ?? ''
    expect(callback.startsWith(`${running.issuer}/callback/${upstream}?`)).toBe(true)

    const mixed = await browser.get(callback.replace(`/callback/${upstream}`, `/callback/${other}`))
    expect([mixed.status, mixed.location]).toEqual([400, undefined])
    const right = await browser.follow(callback, atApp)
    expect(right.at(-1)?.location?.startsWith(`${REDIRECT_URI}?code=`)).toBe(true)
  })

  test('cannot bring the code of one upstream into the login at another', async () => {
    const [mine, theirs] = [createHttpBrowser(), createHttpBrowser()]
    const atItsme = new URL(await toCallback(mine, createTestApp(running, TEST_CLIENT).authorize().url, 'lotte'))
    const begun = await theirs.get(createTestApp(running, BOTH).authorize({ pias_upstream: 'partner' }).url)
    const state = new URL(begun.location ?? '').searchParams.get('state') ?? ''
    const forged = new URL(`${running.issuer}/callback/partner`)
    forged.search = new URLSearchParams({
      code: atItsme.searchParams.get('code') ?? '',
      iss: partner.issuer,
      state,
    }).toString()
    const page = (await theirs.follow(forged.href, atApp)).at(-1)
    expect(page?.location).toBeUndefined()
    expect(page?.body).toContain('/retry"')
  })

  test('is not helped by a shared key: each upstream has its own', async () => {
    const browser = createHttpBrowser()
    const keysAt = async (path: string) =>
      (await browser.get(`${running.issuer}${path}`)).json<{ keys: { kid: string }[] }>().keys.map(({ kid }) => kid)
    const sets = await Promise.all(['/jwks', '/upstream/itsme/jwks', '/upstream/partner/jwks'].map(keysAt))
    expect(sets[2]).toHaveLength(1)
    expect(new Set(sets.flat()).size).toBe(sets.flat().length)
    expect((await browser.get(`${running.issuer}/upstream/wallet/jwks`)).status).toBe(404)
  })
})
