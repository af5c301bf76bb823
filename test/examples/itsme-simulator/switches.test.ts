import type { JWK } from 'jose'
import { type Partner, pkce, startPartner } from './partner.ts'

let partner: Partner
beforeAll(async () => {
  partner = await startPartner()
})
afterAll(() => partner.close())
afterEach(() => partner.control('reset'))

const logIn = async () => {
  const claims = JSON.stringify({ id_token: { address: null } })
  const { body } = await partner.redeem(await partner.approve({ claims }))
  return partner.open(body.id_token ?? '')
}

describe('the switch', () => {
  test.each([
    ['encryptionAlg', 'RSA-OAEP', { alg: 'RSA-OAEP' }],
    ['encryptionEnc', 'A256GCM', { enc: 'A256GCM' }],
    ['jweKid', 'off', { kid: undefined }],
  ])('%s %s changes the header of the JWE', async (name, value, expected) => {
    await partner.control('config', { [name]: value })
    const { header } = await logIn()
    for (const [member, is] of Object.entries(expected)) expect(header[member]).toBe(is)
  })

  test.each([
    ['acr', 'V2', { acr: 'http://itsme.services/V2/claim/acr_basic' }],
    ['acr', 'tag', { acr: 'tag:sixdots.be,2016-06:acr_basic' }],
    ['acr', 'absent', { acr: undefined }],
    ['authTime', 'off', { auth_time: undefined }],
    ['address', 'string', { address: expect.stringMatching(/^\{"street_address":/) }],
  ])('%s %s changes the ID token', async (name, value, expected) => {
    await partner.control('config', { [name]: value })
    const { claims } = await logIn()
    for (const [member, is] of Object.entries(expected)) expect(claims[member]).toEqual(is)
  })

  test('userinfoType changes the media type', async () => {
    await partner.control('config', { userinfoType: 'application/jwt' })
    const { body } = await partner.redeem(await partner.approve())
    const response = await fetch(`${partner.simulator.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(response.headers.get('content-type')).toBe('application/jwt')
  })

  test('pkce lets a request without a challenge pass', async () => {
    const none = { code_challenge: undefined, code_challenge_method: undefined }
    expect(partner.answerOf(await partner.authorize(none)).error).toBe('invalid_request')
    await partner.control('config', { pkce: 'optional' })
    expect(partner.answerOf(await partner.authorize(none))).toHaveProperty('code')
    expect(partner.answerOf(await partner.authorize({ code_challenge: pkce().challenge }))).toHaveProperty('code')
  })

  test.each([
    ['refuse', 'access_denied'],
    ['outage', 'temporary_unavailable'],
  ])('outcome %s comes back as %s', async (outcome, error) => {
    await partner.control('config', { outcome })
    expect(partner.answerOf(await partner.authorize())).toMatchObject({ error, state: 's-1' })
  })

  test.each(['timeout', 'abandon'])('outcome %s tells the partner nothing', async outcome => {
    await partner.control('config', { outcome })
    const response = await partner.authorize()
    expect([response.status, response.headers.get('location')]).toEqual([200, null])
  })

  test('ongoingCall tells of a call, whoever it is', async () => {
    const call = 'http://itsme.services/v2/claim/ongoing_call'
    const claims = JSON.stringify({ id_token: { [call]: null } })
    const told = async () => {
      const { body } = await partner.redeem(await partner.approve({ claims }))
      return (await partner.open(body.id_token ?? '')).claims[call]
    }
    expect(await told()).toBe(false)
    await partner.control('config', { ongoingCall: 'on' })
    expect(await told()).toBe(true)
  })

  test('keyRotation each-token signs each with a key of its own, which alone is published', async () => {
    const published = async () => {
      const { keys } = (await (await fetch(`${partner.simulator.issuer}/jwkSet`)).json()) as { keys: JWK[] }
      return keys.filter(({ use }) => use === 'sig').map(({ kid }) => kid)
    }
    const first = await published()
    await logIn()
    expect(await published()).toEqual(first)
    await partner.control('config', { keyRotation: 'each-token' })
    await logIn()
    const second = await published()
    await logIn()
    expect(new Set([...first, ...second, ...(await published())]).size).toBe(3)
  })

  test('goes back to what it was at a reset', async () => {
    await partner.control('config', { jweKid: 'off' })
    await partner.control('reset')
    expect((await logIn()).header.kid).toBe(partner.encryptionKid)
  })
})
