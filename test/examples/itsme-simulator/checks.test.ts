import { loadPersonas } from '#examples/itsme-simulator/personas.ts'
import { CLIENT_ID, type Partner, pkce, REDIRECT_URI, startPartner } from './partner.ts'

let partner: Partner
beforeAll(async () => {
  partner = await startPartner()
})
afterAll(() => partner.close())
afterEach(() => partner.control('reset'))

const EMAIL_IN_ID_TOKEN = JSON.stringify({ id_token: { family_name: null, email: null, nickname: null } })

describe('a partner that does everything right', () => {
  test('gets a code of 36 characters and its state back, beside the query it registered', async () => {
    const response = await partner.authorize()
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:9\/cb\?tenant=1&/)
    expect(partner.answerOf(response)).toEqual({ tenant: '1', code: expect.stringMatching(/^.{36}$/), state: 's-1' })
  })

  test('gets an ID token nested in a JWE to its key, with the claims it named and no others', async () => {
    const { status, body } = await partner.redeem(await partner.approve({ claims: EMAIL_IN_ID_TOKEN }))
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    expect(body).not.toHaveProperty('refresh_token')
    const { header, claims } = await partner.open(body.id_token ?? '')
    expect(header).toEqual({
      alg: 'RSA-OAEP-256',
      enc: 'A128CBC-HS256',
      cty: 'JWT',
      typ: 'JWT',
      kid: partner.encryptionKid,
    })
    expect(claims).toEqual({
      iss: partner.simulator.issuer,
      aud: CLIENT_ID,
      sub: expect.stringMatching(/^[a-z0-9]{36}$/),
      nonce: 'n-1',
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 300,
      auth_time: claims.iat,
      acr: 'http://itsme.services/v2/claim/acr_basic',
      family_name: 'Vandenbroucke',
      email: 'lotte.vandenbroucke@example.com',
    })
  })

  test('gets what its scopes stand for at userinfo, nested and under the media type of JSON', async () => {
    const { body } = await partner.redeem(await partner.approve({ scope: 'openid service:LOGIN email phone' }))
    const idToken = await partner.open(body.id_token ?? '')
    expect(idToken.claims).not.toHaveProperty('email')
    const response = await fetch(`${partner.simulator.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(response.headers.get('content-type')).toBe('application/json')
    const { claims } = await partner.open(await response.text())
    expect(claims).toEqual({
      iss: partner.simulator.issuer,
      aud: CLIENT_ID,
      sub: idToken.claims.sub,
      iat: expect.any(Number),
      exp: expect.any(Number),
      email: 'lotte.vandenbroucke@example.com',
      email_verified: false,
      phone_number: '+32 470123456',
      phone_number_verified: true,
    })
  })

  test('sees a metadata claim only for what it asked beside it', async () => {
    const country = 'http://itsme.services/v2/claim/IDIssuingCountry'
    const ask = async (names: string[]) => {
      const members = Object.fromEntries(names.map(name => [name, null]))
      const { body } = await partner.redeem(await partner.approve({ claims: JSON.stringify({ id_token: members }) }))
      return (await partner.open(body.id_token ?? '')).claims
    }
    expect(await ask([country])).not.toHaveProperty([country])
    expect(await ask([country, 'family_name'])).toHaveProperty([country], { family_name: 'BEL' })
  })

  test('sees another subject than another partner does', async () => {
    const other = { client_id: 'OTHER', ...pkce() }
    const mine = await partner.redeem(await partner.approve())
    const { code = '' } = partner.answerOf(
      await partner.authorize({ client_id: 'OTHER', code_challenge: other.challenge }),
    )
    const theirs = await partner.redeem({
      code,
      code_verifier: other.verifier,
      client_assertion: await partner.assertion({ iss: 'OTHER', sub: 'OTHER' }),
    })
    const subjects = await Promise.all(
      [mine, theirs].map(async ({ body }) => (await partner.open(body.id_token ?? '')).claims.sub),
    )
    expect(new Set(subjects).size).toBe(2)
  })
})

describe('an authorization request', () => {
  test.each([
    ['no client', { client_id: undefined }],
    ['an unknown client', { client_id: 'nobody' }],
    ['no redirect URI', { redirect_uri: undefined }],
    ['a redirect URI without its query', { redirect_uri: 'http://127.0.0.1:9/cb' }],
    ['a redirect URI with more', { redirect_uri: `${REDIRECT_URI}&x=1` }],
    ['a redirect URI in other letters', { redirect_uri: REDIRECT_URI.replace('cb', 'CB') }],
    ['a redirect URI with a slash more', { redirect_uri: REDIRECT_URI.replace('cb', 'cb/') }],
    ['a redirect URI of another service code', { redirect_uri: 'http://127.0.0.1:9/ident' }],
    ['the redirect URI of the client, where the service code has its own', { scope: 'openid service:IDENT profile' }],
    ['a persona nobody is', { persona: 'nobody' }],
  ])('with %s ends on a page, without a redirect', async (_what, changes) => {
    const response = await partner.authorize(changes)
    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
    expect(await response.text()).toContain('This request cannot go on')
  })

  test('with a parameter twice ends on a page', async () => {
    expect((await partner.authorize({}, '&state=other')).status).toBe(400)
  })

  test.each([
    ['another response type', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['another response mode', { response_mode: 'fragment' }, 'invalid_request'],
    ['no openid', { scope: 'service:LOGIN' }, 'invalid_scope'],
    ['no service code', { scope: 'openid profile' }, 'invalid_scope'],
    ['two service codes', { scope: 'openid service:LOGIN service:IDENT' }, 'invalid_scope'],
    ['a service code of nobody', { scope: 'openid service:__proto__' }, 'invalid_scope'],
    ['an unknown scope', { scope: 'openid service:LOGIN offline_access' }, 'invalid_scope'],
    ['a scope that was not granted', { scope: 'openid service:LOGIN eid' }, 'invalid_scope'],
    ['claims that are no JSON', { claims: '{' }, 'invalid_request'],
    ['claims that are no object', { claims: '[]' }, 'invalid_request'],
    ['another display', { display: 'popup' }, 'unsupported_display'],
    ['an unknown acr', { acr_values: 'urn:mace:incommon:iap:silver' }, 'invalid_request'],
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE without a method', { code_challenge_method: undefined }, 'invalid_request'],
    ['a challenge that is no hash', { code_challenge: 'short' }, 'invalid_request'],
    ['confirmation without a request object', { scope: 'openid service:APPROVE profile' }, 'invalid_request'],
    [
      'identification without claims',
      { scope: 'openid service:IDENT', redirect_uri: 'http://127.0.0.1:9/ident' },
      'invalid_request',
    ],
  ])('with %s is answered by redirect', async (_what, changes, error) => {
    const answer = partner.answerOf(await partner.authorize(changes))
    expect(answer).toMatchObject({ error, state: 's-1' })
    expect(answer).not.toHaveProperty('code')
  })

  test('without PKCE passes where it is not enforced, but a wrong verifier never does', async () => {
    await partner.control('config', { pkce: 'optional' })
    const none = { code_challenge: undefined, code_challenge_method: undefined }
    const { code } = await partner.approve(none)
    expect((await partner.redeem({ code })).status).toBe(200)
    const { code: sent } = await partner.approve()
    expect((await partner.redeem({ code: sent })).body).toMatchObject({ error: 'invalid_grant' })
  })

  test('is refused by the person', async () => {
    expect(partner.answerOf(await partner.authorize({ persona: 'refuse' }))).toMatchObject({
      error: 'access_denied',
      state: 's-1',
    })
  })

  test('by another method is not allowed', async () => {
    expect((await fetch(`${partner.simulator.issuer}/authorization`, { method: 'POST' })).status).toBe(405)
  })
})

describe('a client assertion', () => {
  const refusal = async (assertion: string) => {
    const { status, body } = await partner.redeem({ ...(await partner.approve()), client_assertion: assertion })
    expect(status).toBe(400)
    expect(body).toEqual({ error: 'unauthorized_client', detail: expect.any(String) })
    return body.detail
  }

  test.each([
    ['for the issuer instead of the token URL', () => ({ aud: partner.simulator.issuer }), /aud/],
    ['for the token URL and another', () => ({ aud: [partner.tokenUrl, 'https://other.example'] }), /aud/],
    ['of another issuer', () => ({ iss: 'OTHER' }), /iss/],
    ['that is expired', () => ({ exp: Math.floor(Date.now() / 1000) - 1 }), /exp/],
    ['without expiry', () => ({ exp: undefined }), /exp/],
    ['without id', () => ({ jti: undefined }), /jti/],
    ['with an id of 256 characters', () => ({ jti: 'x'.repeat(256) }), /jti/],
    ['of an unknown client', () => ({ iss: 'nobody', sub: 'nobody' }), /no known client/],
  ])('%s is refused', async (_what, claims, reason) => {
    expect(await refusal(await partner.assertion(claims()))).toMatch(reason)
  })

  test('signed by another key, or naming none, is refused', async () => {
    expect(await refusal(await partner.assertion({}, {}, partner.stranger.privateKey))).toMatch(/signature/)
    expect(await refusal(await partner.assertion({}, { kid: 'other' }))).toMatch(/not published/)
    expect(await refusal(await partner.assertion({}, { kid: undefined }))).toMatch(/kid/)
    expect(await refusal('')).toMatch(/missing|no known client/)
  })

  test.each([
    ['beside another client id', { client_id: 'OTHER' }, /not the one of the assertion/],
    [
      'of another type',
      { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
      /missing/,
    ],
    ['that is no JWT', { client_assertion: 'a.b.c' }, /no known client/],
  ])('%s is refused', async (_what, changes, detail) => {
    const client_assertion = await partner.assertion()
    const { status, body } = await partner.redeem({ ...(await partner.approve()), client_assertion, ...changes })
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: 'unauthorized_client', detail: expect.stringMatching(detail) },
    })
  })

  test('with another algorithm is refused', async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    const [, payload = ''] = (await partner.assertion()).split('.')
    expect(await refusal(`${header}.${payload}.`)).toMatch(/RS256/)
  })

  test('is used once', async () => {
    const client_assertion = await partner.assertion()
    expect((await partner.redeem({ ...(await partner.approve()), client_assertion })).status).toBe(200)
    expect(await refusal(client_assertion)).toMatch(/used before/)
  })

  test('of another client does not redeem this one’s code', async () => {
    const client_assertion = await partner.assertion({ iss: 'OTHER', sub: 'OTHER' })
    const { body } = await partner.redeem({ ...(await partner.approve()), client_assertion })
    expect(body).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('a code', () => {
  test('works once, and coming again ends the access token of the first time', async () => {
    const grant = await partner.approve()
    const first = await partner.redeem(grant)
    const userinfo = () =>
      fetch(`${partner.simulator.issuer}/userinfo`, { headers: { authorization: `Bearer ${first.body.access_token}` } })
    expect((await userinfo()).status).toBe(200)
    expect(await partner.redeem(grant)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await userinfo()).status).toBe(401)
  })

  test('is spent by a request that fails', async () => {
    const grant = await partner.approve()
    expect((await partner.redeem({ ...grant, code_verifier: pkce().verifier })).body).toMatchObject({
      error: 'invalid_grant',
    })
    expect((await partner.redeem(grant)).body).toMatchObject({ error: 'invalid_grant' })
  })

  test('lives three minutes', async () => {
    const [early, late] = [await partner.approve(), await partner.approve()]
    const soon = Math.floor(Date.now() / 1000) + 400
    const redeemAt = async (offsetSeconds: number, grant: object) => {
      await partner.control('clock', { offsetSeconds })
      return partner.redeem({ ...grant, client_assertion: await partner.assertion({ exp: soon }) })
    }
    expect((await redeemAt(170, early)).status).toBe(200)
    expect((await redeemAt(181, late)).body).toMatchObject({ error: 'invalid_grant' })
  })

  test.each([
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:9/cb' }, 'invalid_grant'],
    ['no redirect URI', { redirect_uri: undefined }, 'invalid_grant'],
    ['no verifier', { code_verifier: undefined }, 'invalid_grant'],
    ['a verifier that is too short', { code_verifier: 'short' }, 'invalid_grant'],
    ['another grant type', { grant_type: 'refresh_token' }, 'invalid_request'],
    ['a client secret', { client_assertion: undefined, client_secret: 'x' }, 'unauthorized_client'],
  ])('with %s is refused', async (_what, changes, error) => {
    expect((await partner.redeem({ ...(await partner.approve()), ...changes })).body).toMatchObject({ error })
  })
})

describe('userinfo', () => {
  test('has only what was granted by scope or named in claims.userinfo, never what claims.id_token names', async () => {
    const [place, call] = ['place_of_birth', 'ongoing_call'].map(name => `http://itsme.services/v2/claim/${name}`)
    const claims = JSON.stringify({ id_token: { family_name: null }, userinfo: { [call ?? '']: null } })
    const { body } = await partner.redeem(await partner.approve({ scope: 'openid service:LOGIN phone', claims }))
    const response = await fetch(`${partner.simulator.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    const {
      iss: _iss,
      aud: _aud,
      sub: _sub,
      iat: _iat,
      exp: _exp,
      ...given
    } = (await partner.open(await response.text())).claims
    expect(Object.keys(given).sort()).toEqual([call, 'phone_number', 'phone_number_verified'].sort())
    expect(given).not.toHaveProperty([place ?? ''])
  })

  test.each([
    ['no token', {}, 400],
    ['another scheme', { authorization: 'Basic eDp5' }, 400],
    ['an unknown token', { authorization: 'Bearer x' }, 401],
  ])('with %s is refused', async (_what, headers, status) => {
    expect((await fetch(`${partner.simulator.issuer}/userinfo`, { headers })).status).toBe(status)
  })

  test('by POST is not allowed', async () => {
    expect((await fetch(`${partner.simulator.issuer}/userinfo`, { method: 'POST' })).status).toBe(405)
  })
})

describe('the page', () => {
  const pageOf = async () => {
    const response = await partner.authorize({ persona: undefined })
    const markup = await response.text()
    return { response, markup, action: /name="action" value="([^"]+)"/.exec(markup)?.[1] ?? '' }
  }
  const decide = (action: string, persona: string) =>
    fetch(`${partner.simulator.issuer}/authorization/decision`, {
      method: 'POST',
      body: new URLSearchParams({ action, persona }),
      redirect: 'manual',
    })

  test('offers every persona and refusal, says that it is a simulator, and runs no script', async () => {
    const { response, markup } = await pageOf()
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'/)
    for (const { id } of loadPersonas()) expect(markup).toContain(`value="${id}"`)
    expect(markup).toContain('value="refuse"')
    expect(markup).toContain('Not the real itsme')
    expect(markup).not.toMatch(/<script|style=|onclick/)
  })

  test('ends in a code or a refusal, once', async () => {
    const { action } = await pageOf()
    const chosen = await decide(action, 'nora')
    expect(chosen.status).toBe(303)
    expect(partner.answerOf(chosen)).toMatchObject({ code: expect.any(String), state: 's-1' })
    expect((await decide(action, 'nora')).status).toBe(400)
    expect(partner.answerOf(await decide((await pageOf()).action, 'refuse'))).toMatchObject({ error: 'access_denied' })
  })

  test('escapes what it shows', async () => {
    const markup = await (await partner.authorize({ persona: '"><b>x' })).text()
    expect(markup).toContain('&quot;&gt;&lt;b&gt;x')
    expect(markup).not.toContain('<b>')
  })
})

describe('the controls', () => {
  test.each([
    ['fault', { endpoint: 'nowhere', kind: 'error' }],
    ['fault', { endpoint: 'jwkSet', kind: 'expired' }],
    ['fault', { endpoint: 'token', kind: 'error', count: 0 }],
    ['config', { pkce: 'maybe' }],
    ['config', { toString: 'x' }],
    ['clock', { offsetSeconds: 'x' }],
    ['clients', { clientId: 'x' }],
    ['recreate', { persona: 'nobody' }],
  ])('%s %j is refused with a reason', async (action, body) => {
    const response = await partner.control(action, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ problem: expect.any(String) })
  })

  test('a fault happens as often as asked', async () => {
    await partner.control('fault', { endpoint: 'jwkSet', kind: 'error', count: 2 })
    const statuses: number[] = []
    for (let call = 0; call < 3; call++) statuses.push((await fetch(`${partner.simulator.issuer}/jwkSet`)).status)
    expect(statuses).toEqual([503, 503, 200])
  })

  test('an outcome of the person’s is told by redirect', async () => {
    await partner.control('fault', { endpoint: 'authorization', kind: 'temporary_unavailable' })
    expect(partner.answerOf(await partner.authorize())).toMatchObject({ error: 'temporary_unavailable', state: 's-1' })
  })

  test('a partner registered by HTTP is known', async () => {
    const client = { ...partner.client, clientId: 'LATE' }
    expect((await partner.control('clients', client)).status).toBe(200)
    expect(partner.answerOf(await partner.authorize({ client_id: 'LATE' }))).toHaveProperty('code')
  })
})
