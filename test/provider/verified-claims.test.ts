import { type VERIFIABLE_CLAIMS, verifiedClaims } from '#src/provider/verified-claims.ts'
import type { Account } from '#src/store/ports/accounts.ts'
import { createSuite } from '#test/support/conformance.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** Verified claims (OpenID Connect for Identity Assurance 1.0). The person is synthetic. */
const VERIFIED_AT = Date.UTC(2026, 2, 14, 10, 30)
const ACCOUNT = {
  id: 'account',
  createdAt: 0,
  updatedAt: VERIFIED_AT,
  claims: {
    givenName: 'Ann',
    familyName: 'Synthetic',
    birthdate: '1990-01-31',
    email: 'ann@example.com',
    verifiedBy: 'itsme',
  },
} as Account
const ITSME = { trustFramework: 'eidas', assuranceLevel: 'high', organization: 'itsme' }
const ALL = { given_name: null, family_name: null, birthdate: null }
const EVIDENCE = {
  type: 'vouch',
  attestation: { type: 'digital_attestation', date_of_issuance: '2026-03-14', voucher: { organization: 'itsme' } },
}

type Claim = (typeof VERIFIABLE_CLAIMS)[number]
const ask = (request: unknown, more: { account?: Account; granted?: (claim: string) => boolean; now?: number } = {}) =>
  verifiedClaims(request, more.account ?? ACCOUNT, {
    assurances: new Map([['itsme', ITSME]]),
    isGranted: more.granted ?? (() => true),
    now: more.now ?? VERIFIED_AT,
  })
const verification = (demand: object) => ask({ verification: demand, claims: ALL })?.verification

describe('verified claims', () => {
  test('are those that were asked for and come from an identity document, and say under which rules', () => {
    const claims: Record<Claim | 'email', null> = { ...ALL, name: null, gender: null, address: null, email: null }
    expect(ask({ verification: { trust_framework: null }, claims })).toEqual({
      verification: { trust_framework: 'eidas' },
      claims: { given_name: 'Ann', family_name: 'Synthetic', birthdate: '1990-01-31' },
    })
  })

  test('say as much about the verification as was asked', () => {
    const demand = {
      trust_framework: null,
      assurance_level: null,
      time: null,
      evidence: [{ type: null }],
      unknown: null,
    }
    expect(verification(demand)).toEqual({
      trust_framework: 'eidas',
      assurance_level: 'high',
      time: '2026-03-14T10:30:00Z',
      evidence: [EVIDENCE],
    })
    expect(verification({})).toEqual({ trust_framework: 'eidas' })
  })

  test.each([
    ['another trust framework', { trust_framework: { value: 'de_aml' } }],
    ['one of other trust frameworks', { trust_framework: { values: ['de_aml', 'uk_diatf'] } }],
    ['another level', { trust_framework: null, assurance_level: { value: 'substantial' } }],
    ['another kind of evidence', { evidence: [{ type: { value: 'document' } }] }],
    [
      'another kind of attestation',
      { evidence: [{ type: null, attestation: { type: { value: 'written_attestation' } } }] },
    ],
  ])('are left out where %s is demanded', (_what, demand) => {
    expect(verification(demand)).toBeUndefined()
  })

  test.each([
    ['the trust framework', { trust_framework: { values: ['eidas', 'de_aml'] } }],
    ['the level', { assurance_level: { value: 'high' } }],
    ['the evidence, among others', { evidence: [{ type: { value: 'document' } }, { type: { value: 'vouch' } }] }],
  ])('are there where %s is what is demanded', (_what, demand) => {
    expect(verification(demand)).toMatchObject({ trust_framework: 'eidas' })
  })

  test('are left out when the verification is older than demanded', () => {
    const young = { verification: { trust_framework: null, time: { max_age: 60 } }, claims: ALL }
    expect(ask(young, { now: VERIFIED_AT + 60_000 })).toBeDefined()
    expect(ask(young, { now: VERIFIED_AT + 61_000 })).toBeUndefined()
  })

  test('leave out a claim that is not the demanded one, and what the app may not have', () => {
    const claims = { given_name: { value: 'Other' }, family_name: { values: ['Synthetic', 'x'] }, birthdate: null }
    const request = { verification: { trust_framework: null }, claims }
    expect(ask(request, { granted: claim => claim !== 'birthdate' })?.claims).toEqual({ family_name: 'Synthetic' })
    expect(ask(request, { granted: () => false })).toBeUndefined()
  })

  test('are none for somebody who was only asserted, of an upstream without assurance, or asked for in no form', () => {
    const good = { verification: { trust_framework: null }, claims: ALL }
    const { verifiedBy: _by, ...asserted } = ACCOUNT.claims
    expect(ask(good, { account: { ...ACCOUNT, claims: asserted } })).toBeUndefined()
    expect(ask(good, { account: { ...ACCOUNT, claims: { ...asserted, verifiedBy: 'partner' } } })).toBeUndefined()
    for (const request of [
      null,
      'x',
      {},
      { verification: null, claims: ALL },
      { verification: {} },
      { claims: ALL },
      [],
    ]) {
      expect(ask(request)).toBeUndefined()
    }
    expect(ask([good, { verification: {}, claims: {} }])).toBeDefined()
  })
})

describe('at an app', () => {
  const CLIENT = { ...TEST_CLIENT, client_id: 'verifying', pias_pkce_required: false, scope: 'openid profile' }
  const THIRD = { ...CLIENT, client_id: 'third', pias_first_party: false }
  let running: RunningPias
  beforeAll(async () => {
    const config = { identityAssurance: { itsme: { trustFramework: 'eidas', assuranceLevel: 'high' } } }
    running = await startPias({ clients: [CLIENT, THIRD], config })
  })
  afterAll(() => running.close())

  const request = {
    verified_claims: {
      verification: { trust_framework: null, time: null, evidence: [] },
      claims: { ...ALL, address: null },
    },
  }
  const expected = {
    verification: {
      trust_framework: 'eidas',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      evidence: [{ ...EVIDENCE, attestation: { ...EVIDENCE.attestation, date_of_issuance: expect.any(String) } }],
    },
    // The address belongs to a scope that the client's file does not have.
    claims: { given_name: 'Lotte Marie', family_name: 'Vandenbroucke', birthdate: '1988-03-14' },
  }
  const claimsAt = async (client: typeof CLIENT, claims: object) => {
    const {
      tokens,
      claims: idToken,
      answers,
    } = await createSuite(() => running, client).logIn({ claims: JSON.stringify(claims) })
    const answer = await userinfo(running, createHttpBrowser(), tokens.access_token)
    return { idToken, answers, atUserinfo: answer.json() }
  }

  test('they come where they were asked for, and nowhere else', async () => {
    const at = await claimsAt(CLIENT, { userinfo: request })
    expect(at.atUserinfo).toEqual({ sub: at.idToken.sub, verified_claims: expected })
    expect(at.idToken).not.toHaveProperty('verified_claims')
    const inToken = await claimsAt(CLIENT, { id_token: request })
    expect(inToken.idToken.verified_claims).toEqual(expected)
    expect(inToken.atUserinfo).toEqual({ sub: at.idToken.sub })
    const inTwo = await claimsAt(CLIENT, { id_token: { verified_claims: [request.verified_claims, {}] } })
    expect(inTwo.idToken.verified_claims).toEqual(expected)
  })

  test('another app has them after the person agreed to the scope of the claims', async () => {
    const at = await claimsAt(THIRD, { userinfo: request })
    expect(at.answers.filter(({ body }) => body.includes('/consent"'))).toHaveLength(1)
    expect(at.atUserinfo.verified_claims).toEqual(expected)
  })

  test('discovery says what there is', async () => {
    const metadata = (await createHttpBrowser().get(`${running.issuer}/.well-known/openid-configuration`)).json()
    expect(metadata).toMatchObject({
      verified_claims_supported: true,
      trust_frameworks_supported: ['eidas'],
      evidence_supported: ['vouch'],
      claims_in_verified_claims_supported: ['name', 'given_name', 'family_name', 'birthdate', 'gender', 'address'],
      claims_supported: expect.arrayContaining(['verified_claims']),
    })
  })
})

test('without an assurance in the configuration there are none, and discovery does not speak of them', async () => {
  const client = { ...TEST_CLIENT, client_id: 'verifying', pias_pkce_required: false }
  const running = await startPias({ clients: [client] })
  try {
    const claims = JSON.stringify({
      userinfo: { verified_claims: { verification: { trust_framework: null }, claims: ALL } },
    })
    const { tokens, claims: idToken } = await createSuite(() => running, client).logIn({ claims })
    expect((await userinfo(running, createHttpBrowser(), tokens.access_token)).json()).toEqual({ sub: idToken.sub })
    const metadata = (await createHttpBrowser().get(`${running.issuer}/.well-known/openid-configuration`)).json()
    expect(Object.keys(metadata).filter(name => /verified|trust_framework|evidence/.test(name))).toEqual([])
  } finally {
    await running.close()
  }
})
