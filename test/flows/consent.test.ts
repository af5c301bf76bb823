import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConsents } from '#src/accounts/consents.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import {
  appAnswer,
  asPersona,
  atApp,
  claimsOf,
  createTestApp,
  logIn,
  redeem,
  type Tokens,
  userinfo,
} from '#test/support/log-in.ts'
import type { AuthorizationRequest, PlainRelyingParty } from '#test/support/relying-party.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { csrfOf } from '#test/support/uncertain.ts'

/** Who is asked for consent, how often, and what it is worth. The API and the apps are synthetic. */
const HEALTH = 'https://health.example/'
const words = (text: string) => ({ nl: text, fr: text, de: text, en: text })
const API = {
  audience: HEALTH,
  name: 'Health',
  scopes: [{ name: 'health:read', description: words('Synthetic prescriptions'), consent: 'health' }],
  access_token_format: 'opaque',
  clients: ['health-api'],
}
const OWN = { ...TEST_CLIENT, client_id: 'own-app', scope: `${TEST_CLIENT.scope} health:read` }
const THIRD = { ...OWN, client_id: 'third-app', pias_first_party: false, policy_uri: 'https://third.example/policy' }
const HEALTH_API = {
  client_id: 'health-api',
  client_name: 'Synthetic API',
  client_secret: 'a synthetic secret of the API',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'],
}

let running: RunningPias
beforeEach(async () => {
  const apisDir = mkdtempSync(join(tmpdir(), 'pias-apis-'))
  writeFileSync(join(apisDir, 'health.json'), JSON.stringify(API))
  running = await startPias({ clients: [OWN, THIRD, HEALTH_API], config: { apisDir } })
})
afterEach(() => running.close())

type Visit = { app: PlainRelyingParty; request: AuthorizationRequest; answers: Answer[]; page: Answer | undefined }

/** Goes to an app's login, upstream only if sent there, until the browser is at the app or looks at a page. */
const visit = async (
  browser: HttpBrowser,
  client: typeof TEST_CLIENT,
  scope: string,
  extra: Record<string, string> = {},
): Promise<Visit> => {
  const app = createTestApp(running, client, scope)
  const request = app.authorize(extra)
  const begun = await browser.get(request.url)
  const upstream = begun.location?.startsWith(running.simulator.issuer)
  const next = upstream ? asPersona(begun.location, 'lotte') : begun.location
  const answers = [begun, ...(next === undefined || atApp(next) ? [] : await browser.follow(next, atApp))]
  const last = answers.at(-1)
  return { app, request, answers, page: last?.status === 200 ? last : undefined }
}

const decide = async (browser: HttpBrowser, { page }: Visit, decision: string): Promise<Answer[]> => {
  const [, path = ''] = /action="(\/interaction\/[\w-]+\/consent)"/.exec(page?.body ?? '') ?? []
  const posted = await browser.post(`${running.issuer}${path}`, { csrf: csrfOf(page as Answer), decision })
  return posted.location === undefined || atApp(posted.location)
    ? [posted]
    : [posted, ...(await browser.follow(posted.location, atApp))]
}

const allow = async (browser: HttpBrowser, visited: Visit): Promise<Tokens> =>
  redeem(visited.app, browser, await decide(browser, visited, 'allow'), visited.request)

const tokensOf = (browser: HttpBrowser, { app, answers, request }: Visit) => redeem(app, browser, answers, request)

const refresh = (app: PlainRelyingParty, tokens: Tokens) =>
  app.token(createHttpBrowser(), { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })

test("PIAS's own app asks nothing, with or without prompt=consent", async () => {
  const browser = createHttpBrowser()
  const first = await visit(browser, OWN, 'openid profile offline_access', { prompt: 'consent' })
  expect(first.page).toBeUndefined()
  expect(claimsOf((await tokensOf(browser, first)).id_token).sub).toBeDefined()
  expect((await visit(browser, OWN, 'openid profile email', { prompt: 'consent' })).page).toBeUndefined()
})

describe('another app', () => {
  const SCOPE = 'openid profile email offline_access'

  test('asks once, showing what it would get, and gets that and no more', async () => {
    const browser = createHttpBrowser()
    const asked = await visit(browser, THIRD, SCOPE)
    expect(asked.page?.body).toContain('Lotte')
    expect(asked.page?.body).toContain('lotte.vandenbroucke@example.com')
    expect(asked.page?.body).toContain('https://third.example/policy')
    expect(asked.page?.body).not.toContain('+32470123456')
    const tokens = await allow(browser, asked)
    expect((await userinfo(running, browser, tokens.access_token)).json()).toMatchObject({
      family_name: 'Vandenbroucke',
    })
    expect((await refresh(asked.app, tokens)).status).toBe(200)
    expect((await visit(browser, THIRD, SCOPE)).page).toBeUndefined()
    // In another browser, too.
    expect((await visit(createHttpBrowser(), THIRD, SCOPE)).page).toBeUndefined()
  })

  test('that asks for the login alone asks nothing', async () => {
    expect((await visit(createHttpBrowser(), THIRD, 'openid')).page).toBeUndefined()
  })

  test('asks again for more, and only marks that as new', async () => {
    const browser = createHttpBrowser()
    await allow(browser, await visit(browser, THIRD, 'openid profile'))
    const more = await visit(browser, THIRD, 'openid profile email')
    expect(more.page?.body.match(/class="tag"/g)).toHaveLength(1)
    const refused = await decide(browser, more, 'refuse')
    expect(appAnswer(refused.at(-1))).toMatchObject({ error: 'access_denied', state: more.request.state })
    // What was given before stays.
    expect((await visit(browser, THIRD, 'openid profile')).page).toBeUndefined()
  })

  test('asks again when it says prompt=consent, and with prompt=none is told that consent is needed', async () => {
    const browser = createHttpBrowser()
    const silent = await visit(createHttpBrowser(), THIRD, SCOPE, { prompt: 'none' })
    expect(appAnswer(silent.answers.at(-1)).error).toBe('login_required')
    await allow(browser, await visit(browser, THIRD, SCOPE, { prompt: 'login consent' }))
    expect((await visit(browser, THIRD, SCOPE, { prompt: 'consent' })).page).toBeDefined()
    const more = await visit(browser, THIRD, `${SCOPE} phone`, { prompt: 'none' })
    expect(appAnswer(more.answers.at(-1)).error).toMatch(/^(consent|interaction)_required$/)
  })

  test('loses everything when the consent is taken back, and has to ask again', async () => {
    const browser = createHttpBrowser()
    const asked = await visit(browser, THIRD, SCOPE)
    const tokens = await allow(browser, asked)
    const own = await tokensOf(browser, await visit(browser, OWN, 'openid profile offline_access'))
    const id = claimsOf(tokens.id_token).sub as AccountId
    const consents = createConsents({ ...running.pias.store, clock: Date.now })
    expect(await consents.withdraw(id, THIRD.client_id)).toBe(true)
    expect(await consents.withdraw(id, THIRD.client_id)).toBe(false)
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(401)
    expect((await refresh(asked.app, tokens)).json().error).toBe('invalid_grant')
    // Other apps notice nothing.
    expect((await userinfo(running, browser, own.access_token)).status).toBe(200)
    const again = await visit(browser, THIRD, SCOPE)
    expect(again.page).toBeDefined()
    const next = await allow(browser, again)
    expect((await userinfo(running, browser, next.access_token)).status).toBe(200)
    expect((await refresh(asked.app, tokens)).json().error).toBe('invalid_grant')
    const types = (await running.pias.store.audit.list({ after: 0, limit: 100 })).map(({ type }) => type)
    expect(types.filter(type => type.startsWith('consent.'))).toEqual([
      'consent.given',
      'consent.withdrawn',
      'consent.given',
    ])
  })

  test('16 answers at once are one consent, and nobody sees an error of ours', async () => {
    const browser = createHttpBrowser()
    const asked = await visit(browser, THIRD, SCOPE)
    const answers = await Promise.all(Array.from({ length: 16 }, () => decide(browser.fork(), asked, 'allow')))
    expect(answers.flat().filter(({ status }) => status >= 500)).toEqual([])
    expect((await visit(createHttpBrowser(), THIRD, SCOPE)).page).toBeUndefined()
  })
})

describe('data on health', () => {
  const SCOPE = 'openid health:read'
  const ask = (browser: HttpBrowser, scope = SCOPE) => visit(browser, OWN, scope, { resource: HEALTH })
  const tokenFor = async (browser: HttpBrowser, { app, request }: Visit, answers: readonly Answer[]) => {
    const code = new URL(answers.at(-1)?.location ?? 'none:').searchParams.get('code') ?? ''
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: app.redirectUri,
      code_verifier: request.verifier,
    }
    return (await app.token(browser, { ...form, resource: HEALTH })).json<Tokens & { scope?: string }>()
  }
  const isActive = async (token: string) => {
    const basic = Buffer.from(`health-api:${encodeURIComponent(HEALTH_API.client_secret)}`).toString('base64')
    const headers = { accept: 'application/json', authorization: `Basic ${basic}` }
    return (await createHttpBrowser().post(`${running.issuer}/token/introspection`, { token }, headers)).json().active
  }

  test("are asked for at PIAS's own app too, once, and can be taken back", async () => {
    const browser = createHttpBrowser()
    const asked = await ask(browser)
    expect(asked.page?.body).toContain('Synthetic prescriptions')
    const tokens = await tokenFor(browser, asked, await decide(browser, asked, 'allow'))
    expect(tokens.scope).toBe('health:read')
    expect(await isActive(tokens.access_token)).toBe(true)
    expect((await ask(browser)).page).toBeUndefined()
    const id = claimsOf(tokens.id_token).sub as AccountId
    await createConsents({ ...running.pias.store, clock: Date.now }).withdraw(id, OWN.client_id)
    expect(await isActive(tokens.access_token)).toBe(false)
    expect((await ask(browser)).page).toBeDefined()
    // The rest of the app goes on without.
    expect((await visit(browser, OWN, 'openid profile')).page).toBeUndefined()
  })
})

describe('the form', () => {
  const withPage = async () => {
    const browser = createHttpBrowser()
    const asked = await visit(browser, THIRD, 'openid profile')
    const [, path = ''] = /action="(\/interaction\/[\w-]+\/consent)"/.exec(asked.page?.body ?? '') ?? []
    return { browser, asked, url: `${running.issuer}${path}`, csrf: csrfOf(asked.page as Answer) }
  }

  test.each([
    ['without its token', { decision: 'allow' }, {}, 403],
    ['with another token', { decision: 'allow', csrf: 'x' }, {}, 403],
    ['from another site', { decision: 'allow', csrf: 'own' }, { origin: 'https://attacker.example' }, 403],
    ['with another answer', { decision: 'perhaps', csrf: 'own' }, {}, 400],
    ['with two answers', { 'decision[]': 'allow', csrf: 'own' }, {}, 400],
  ])('%s is refused, and the person is still asked', async (_what, form, headers, status) => {
    const { browser, asked, url, csrf } = await withPage()
    const values = { ...form, ...('csrf' in form && form.csrf === 'own' ? { csrf } : {}) } as Record<string, string>
    const answer = await browser.post(url, values, headers as Record<string, string>)
    expect([answer.status, answer.location]).toEqual([status, undefined])
    expect((await browser.get(asked.answers.at(-2)?.location ?? '')).status).toBe(200)
    expect(appAnswer((await decide(browser, asked, 'allow')).at(-1))).toHaveProperty('code')
  })

  test('in another browser is refused and tells nothing of the person', async () => {
    const { url, csrf, asked } = await withPage()
    const stranger = createHttpBrowser()
    for (const answer of [
      await stranger.post(url, { csrf, decision: 'allow' }),
      await stranger.get(asked.answers.at(-2)?.location ?? ''),
    ]) {
      expect(answer.status).toBe(400)
      expect(answer.body).not.toContain('Lotte')
    }
  })

  test('of somebody who has logged out shows nothing of them, and lets nobody in', async () => {
    const { browser, asked, url, csrf } = await withPage()
    const page = asked.answers.at(-2)?.location ?? ''
    const { body } = await browser.get(`${running.issuer}/session/end`)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(body)?.[1] ?? ''
    await browser.post(`${running.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
    const shown = await browser.get(page)
    expect([shown.status, shown.body.includes('Lotte')]).toEqual([400, false])
    const allowed = await browser.post(url, { csrf, decision: 'allow' })
    expect([allowed.status, allowed.location]).toEqual([400, undefined])
    const silent = await browser.get(createTestApp(running).authorize({ prompt: 'none' }).url)
    expect(appAnswer(silent)).toMatchObject({ error: 'login_required' })
  })

  test('of somebody who gave way to another person in this browser is not the other one’s', async () => {
    const { browser, asked, url, csrf } = await withPage()
    await logIn(browser, createTestApp(running).authorize({ prompt: 'login' }).url, 'thomas')
    const shown = await browser.get(asked.answers.at(-2)?.location ?? '')
    expect([shown.status, shown.body.includes('Lotte')]).toEqual([400, false])
    expect((await browser.post(url, { csrf, decision: 'allow' })).status).toBe(400)
  })

  test('of an attempt that is no consent goes to that attempt', async () => {
    const browser = createHttpBrowser()
    const begun = await browser.get(createTestApp(running).authorize().url)
    const state = new URL(begun.location ?? 'none:').searchParams.get('state') ?? ''
    const uid = state.slice(0, state.lastIndexOf('.'))
    const page = await browser.get(`${running.issuer}/interaction/${uid}`)
    const answer = await browser.post(`${running.issuer}/interaction/${uid}/consent`, {
      csrf: csrfOf(page),
      decision: 'allow',
    })
    expect(answer.status).toBeLessThan(500)
    expect(appAnswer(answer)).toEqual({})
  })
})
