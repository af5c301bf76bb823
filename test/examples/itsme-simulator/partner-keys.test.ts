import { exportJWK, generateKeyPair } from 'jose'
import { CLIENT_ID, type Partner, startPartner } from './partner.ts'

/** A partner for each test: what the simulator has kept of another's keys must not count. */
let partner: Partner
beforeEach(async () => {
  partner = await startPartner()
})
afterEach(() => partner.close())

const redeem = async () => partner.redeem(await partner.approve())
const timesFetched = () => partner.fetched.filter(url => url === '/jwks').length

describe('the keys of a partner', () => {
  test('are fetched once for any number of logins, and again after half an hour', async () => {
    for (let login = 0; login < 3; login++) expect((await redeem()).status).toBe(200)
    expect(timesFetched()).toBe(1)
    const offsetSeconds = 30 * 60 + 1
    await partner.control('clock', { offsetSeconds })
    const exp = Math.floor(Date.now() / 1000) + offsetSeconds + 60
    const grant = await partner.approve()
    expect((await partner.redeem({ ...grant, client_assertion: await partner.assertion({ exp }) })).status).toBe(200)
    expect(timesFetched()).toBe(2)
  })

  test.each([
    ['are missing', () => [], /not published/],
    ['have no kid', () => partner.published.keys.map(({ kid: _kid, ...key }) => key), /not published/],
    ['do not say what they are for', () => partner.published.keys.map(({ use: _use, ...key }) => key), /not published/],
  ])('are of no use when they %s', async (_what, keys, reason) => {
    partner.published.keys = keys()
    expect(await redeem()).toEqual({
      status: 400,
      body: { error: 'unauthorized_client', detail: expect.stringMatching(reason) },
    })
  })

  test('must be RSA', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    partner.published.keys.push({ ...(await exportJWK(publicKey)), kid: 'ec', use: 'sig', alg: 'ES256' })
    const client_assertion = await partner.assertion({}, { alg: 'ES256', kid: 'ec' }, privateKey)
    const { body } = await partner.redeem({ ...(await partner.approve()), client_assertion })
    expect(body).toMatchObject({ error: 'unauthorized_client', detail: expect.stringMatching(/RS256/) })
  })

  test('must have one to encrypt to: no token is sent in the clear', async () => {
    partner.published.keys = partner.published.keys.filter(({ use }) => use === 'sig')
    const { status, body } = await redeem()
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: 'invalid_client', detail: expect.stringMatching(/encryption key/) },
    })
  })

  test('that cannot be had end in an error for the partner', async () => {
    await partner.control('clients', { ...partner.client, jwksUri: partner.client.jwksUri.replace('jwks', 'gone') })
    expect((await redeem()).body).toMatchObject({ error: 'unauthorized_client', detail: expect.stringMatching(/404/) })
  })

  test('serve userinfo, too: its answer is for that partner alone', async () => {
    const { body } = await redeem()
    const response = await fetch(`${partner.simulator.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    const { header, claims } = await partner.open(await response.text())
    expect(header.kid).toBe(partner.encryptionKid)
    expect(claims.aud).toBe(CLIENT_ID)
  })
})
