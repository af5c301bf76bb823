import { personaTruth } from '#examples/customer-data/personas.ts'
import { recordForm } from '#src/cli/offline.ts'
import { importCustomers } from '#src/customers/snapshot/import-customers.ts'
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
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { csrfOf } from '#test/support/uncertain.ts'
import { type PartnerProvider, startPartnerProvider } from '#test/upstream/oidc/partner-provider.ts'

/**
 * PIAS with three upstreams: itsme (the simulator), and twice an independent OpenID provider. `partner` is vouched for
 * and authenticates by key; `wallet` is not vouched for and authenticates by secret.
 */
const WALLET_SECRET = 'a synthetic secret at the partner'

/** A synthetic person who is a customer, and one who is the simulator's Lotte. */
const MILA = {
  name: 'Mila Desmet',
  given_name: 'Mila',
  family_name: 'Desmet',
  birthdate: '1990-05-17',
  email: 'mila.desmet@example.com',
  phone_number: '+32470998877',
  address: { street_address: 'Lindelaan 7', postal_code: '9000', locality: 'Gent', country: 'BE' },
}
const LOTTE = {
  name: 'Lotte Marie Vandenbroucke',
  given_name: 'Lotte Marie',
  family_name: 'Vandenbroucke',
  birthdate: '1988-03-14',
  email: 'lotte.vandenbroucke@example.com',
  phone_number: '+32470123456',
  address: { street_address: 'Zennestraat 32 bus 20', postal_code: '1000', locality: 'BRUSSEL' },
}
const record = (customerId: string, serviceLine: string, invoice: string) => ({
  customerId,
  serviceLine,
  firstName: 'Mila',
  lastName: 'Desmet',
  birthDate: '1990-05-17',
  emails: ['mila.desmet@example.com'],
  phones: ['0470998877'],
  address: { street: 'Lindelaan', number: '7', postalCode: '9000', locality: 'Gent' },
  invoiceReferences: [invoice],
  role: 'holder',
  segment: 'consumer',
  status: 'active',
  createdAt: '2015-01-01',
})
const RECORDS = [record('MOB-777001', 'mobile', 'INV-777001'), record('TV-777002', 'tv', 'INV-777002')]

const BOTH = { ...TEST_CLIENT, client_id: 'both-app', pias_upstreams: ['partner', 'itsme'] }
const WALLET = { ...TEST_CLIENT, client_id: 'wallet-app', pias_upstreams: ['wallet', 'partner'] }

let partner: PartnerProvider
let running: RunningPias

const start = async () => {
  partner = await startPartnerProvider({
    mila: { claims: MILA, amr: ['pwd', 'otp'] },
    lotte: { claims: LOTTE },
  })
  const upstream = { kind: 'oidc', issuer: partner.issuer, acr: { absent: 'urn:pias:acr:basic' } }
  running = await startPias({
    clients: [BOTH, WALLET],
    config: {
      upstreams: {
        partner: {
          ...upstream,
          id: 'partner',
          clientId: 'pias-partner',
          authentication: { method: 'private_key_jwt' },
          verified: { identity: true, phone: true },
        },
        wallet: {
          ...upstream,
          id: 'wallet',
          clientId: 'pias-wallet',
          authentication: { method: 'client_secret_basic', secret: WALLET_SECRET },
        },
      },
    },
  })
  partner.register([
    {
      client_id: 'pias-partner',
      redirect_uris: [`${running.issuer}/callback/partner`],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: `${running.issuer}/upstream/partner/jwks`,
    },
    {
      client_id: 'pias-wallet',
      client_secret: WALLET_SECRET,
      redirect_uris: [`${running.issuer}/callback/wallet`],
    },
  ])
  await importCustomers({
    input: (async function* () {
      for (const line of RECORDS) yield `${JSON.stringify(line)}\n`
    })(),
    customers: running.pias.store.customers,
    form: recordForm,
  })
}
const stop = async () => {
  await running?.close()
  await partner.close()
}

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
    const posted = await browser.post(url, { csrf, ...fields })
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
    expect(idToken).toMatchObject({ acr: 'urn:pias:acr:basic', amr: ['pwd', 'otp'] })
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
