import { randomUUID } from 'node:crypto'
import { CLIENT_ID, type Partner, pkce, startPartner } from './partner.ts'

let partner: Partner
beforeAll(async () => {
  partner = await startPartner()
})
afterAll(() => partner.close())

const CLAIM = 'http://itsme.services/v2/claim/claim_approval_'
const template = (values: Record<string, string>, essential = true) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [CLAIM + name, { essential, value }]))
const TEXT = template({ template_name: 'free_text', text_key: 'Pay?' })
const PAYMENT = { template_name: 'adv_payment', amount_key: '1999', currency_key: 'EUR', iban_key: 'BE68539007547034' }

const INSIDE = {
  client_id: CLIENT_ID,
  response_type: 'code',
  scope: 'openid service:APPROVE profile',
  claims: { userinfo: TEXT },
}
const errorOf = async (parameters: Record<string, string | undefined>, more = '') =>
  partner.answerOf(await partner.authorize(parameters, more)).error

describe('a request object', () => {
  test('signed, then encrypted, counts instead of the query', async () => {
    const request = await partner.requestObject({ ...INSIDE, state: 's-2' })
    expect(partner.answerOf(await partner.authorize({ request }))).toMatchObject({
      state: 's-2',
      code: expect.any(String),
    })
  })

  test('may hold claims as an object', async () => {
    const { verifier, challenge } = pkce()
    const request = await partner.requestObject({
      ...INSIDE,
      claims: { id_token: { family_name: null }, userinfo: TEXT },
    })
    const { code = '' } = partner.answerOf(await partner.authorize({ request, code_challenge: challenge }))
    const { body } = await partner.redeem({ code, code_verifier: verifier })
    expect((await partner.open(body.id_token ?? '')).claims).toHaveProperty('family_name', 'Vandenbroucke')
  })

  test.each([
    ['not encrypted', {}, { encrypt: false }],
    ['signed by somebody else', {}, { sign: 'stranger' }],
    ['for the authorization endpoint instead of the issuer', { aud: 'https://idp.example/v2/authorization' }, {}],
    ['of somebody else', { iss: 'OTHER' }, {}],
    ['that is expired', { exp: Math.floor(Date.now() / 1000) - 1 }, {}],
    ['encrypted without a kid', {}, { header: { kid: undefined } }],
    ['encrypted to a key of another name', {}, { header: { kid: 'other' } }],
    ['that does not say it holds a JWT', {}, { header: { cty: undefined } }],
    ['that holds another', { request: 'x' }, {}],
  ] as const)('%s is refused', async (_what, claims, options) => {
    const request = await partner.requestObject({ ...INSIDE, ...claims }, options)
    expect(await errorOf({ request })).toBe('invalid_request_object')
  })

  test.each([
    ['of another client inside', { client_id: 'OTHER' }],
    ['with another response type inside', { response_type: 'token' }],
  ])('%s is refused as a mismatch', async (_what, claims) => {
    const request = await partner.requestObject({ ...INSIDE, ...claims })
    expect(await errorOf({ request })).toBe('invalid_request')
  })

  test.each(['response_type', 'scope'])('without %s in the query is refused', async name => {
    const request = await partner.requestObject(INSIDE)
    expect(await errorOf({ request, [name]: undefined })).toBe('invalid_request')
  })

  test('for a payment says how much and to whom', async () => {
    const request = await partner.requestObject({ ...INSIDE, claims: { userinfo: template(PAYMENT) } })
    expect(partner.answerOf(await partner.authorize({ request }))).toHaveProperty('code')
  })

  test.each([
    ['no template', {}],
    ['an unknown template', template({ template_name: 'poem' })],
    ['a template by an inherited name', template({ template_name: 'constructor' })],
    ['a template that is not essential', template({ template_name: 'free_text', text_key: 'Pay?' }, false)],
    ['no text', template({ template_name: 'free_text' })],
    ['too long a text', template({ template_name: 'free_text', text_key: 'x'.repeat(7501) })],
    ['an amount that is no integer', template({ ...PAYMENT, amount_key: '19.99' })],
    ['no currency', template({ ...PAYMENT, currency_key: '' })],
    ['no account', template({ ...PAYMENT, iban_key: 'mine' })],
  ])('for a confirmation with %s is refused', async (_what, userinfo) => {
    expect(await errorOf({ request: await partner.requestObject({ ...INSIDE, claims: { userinfo } }) })).toBe(
      'invalid_request',
    )
  })

  test('is needed for confirmation, by value or by reference', async () => {
    expect(await errorOf({ scope: INSIDE.scope })).toBe('invalid_request')
    const request = await partner.requestObject(INSIDE)
    const request_uri = partner.publish('/request/confirm', request)
    expect(await errorOf({ scope: INSIDE.scope, request })).toBeUndefined()
    expect(await errorOf({ scope: INSIDE.scope, request_uri })).toBeUndefined()
  })
})

describe('a request URI', () => {
  test('is fetched once, and its object counts instead of the query', async () => {
    const path = `/request/${randomUUID()}`
    const request_uri = partner.publish(path, await partner.requestObject({ ...INSIDE, state: 's-3' }))
    expect(partner.answerOf(await partner.authorize({ request_uri }))).toMatchObject({
      state: 's-3',
      code: expect.any(String),
    })
    expect(partner.fetched.filter(url => url === path)).toHaveLength(1)
  })

  test('beside a request is refused', async () => {
    const request = await partner.requestObject(INSIDE)
    expect(await errorOf({ request, request_uri: partner.publish('/request/both', request) })).toBe('invalid_request')
  })

  test('that is not registered is refused and not fetched', async () => {
    const request_uri = partner.publish('/elsewhere/1', await partner.requestObject(INSIDE))
    expect(await errorOf({ request_uri })).toBe('invalid_request_uri')
    expect(partner.fetched).not.toContain('/elsewhere/1')
  })

  test.each([
    ['without its port', 'https://partner.example/request/1'],
    ['on plain http', 'http://partner.example:80/request/1'],
    ['on localhost by https', 'https://localhost:443/request/1'],
    ['that is no URL', 'request/1'],
    ['with credentials', 'https://a:b@partner.example:443/request/1'],
  ])('%s is refused although its beginning is registered', async (_what, request_uri) => {
    await partner.control('clients', { ...partner.client, clientId: 'CARELESS', requestUris: [request_uri] })
    const answer = partner.answerOf(await partner.authorize({ client_id: 'CARELESS', request_uri }))
    expect(answer).toMatchObject({ error: 'invalid_request_uri', error_description: expect.stringMatching(/port/) })
  })

  test('of a client that registered none is refused', async () => {
    const { requestUris: _none, ...client } = partner.client
    await partner.control('clients', { ...client, clientId: 'NONE' })
    const request_uri = partner.publish('/request/2', await partner.requestObject(INSIDE))
    const answer = partner.answerOf(await partner.authorize({ client_id: 'NONE', request_uri }))
    expect(answer).toMatchObject({ error: 'invalid_request_uri' })
  })

  test.each([
    ['answers 404', undefined, 'invalid_request_uri'],
    ['answers too much', 'x'.repeat(16_385), 'invalid_request_uri'],
    ['answers no request object', 'x', 'invalid_request_object'],
  ])('that %s is refused', async (_what, object, error) => {
    const path = `/request/${randomUUID()}`
    const request_uri = partner.publish(path, object ?? '')
    if (object === undefined) partner.published.objects.delete(path)
    expect(await errorOf({ request_uri })).toBe(error)
  })
})
