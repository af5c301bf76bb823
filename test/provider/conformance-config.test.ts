import { createHttpBrowser } from '#test/support/http-browser.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** What the plan oidcc-config-certification-test-plan checks, warnings included. */
let running: RunningPias
beforeAll(async () => {
  running = await startPias({ https: true })
})
afterAll(() => running.close())

const get = (path: string) => createHttpBrowser({ ca: running.certificate?.pem ?? '' }).get(`${running.issuer}${path}`)

/** Names of the registry of OAuth Authorization Server Metadata (RFC 8414, 7.1) that PIAS may publish. */
const REGISTERED = new Set([
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
  'end_session_endpoint',
  'device_authorization_endpoint',
  'pushed_authorization_request_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'acr_values_supported',
  'claims_supported',
  'claim_types_supported',
  'claims_parameter_supported',
  'scopes_supported',
  'subject_types_supported',
  'ui_locales_supported',
  'code_challenge_methods_supported',
  'grant_types_supported',
  'response_types_supported',
  'response_modes_supported',
  'prompt_values_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'id_token_signing_alg_values_supported',
  'id_token_encryption_alg_values_supported',
  'id_token_encryption_enc_values_supported',
  'userinfo_signing_alg_values_supported',
  'userinfo_encryption_alg_values_supported',
  'userinfo_encryption_enc_values_supported',
  'request_parameter_supported',
  'request_uri_parameter_supported',
  'request_object_signing_alg_values_supported',
  'dpop_signing_alg_values_supported',
  'authorization_response_iss_parameter_supported',
  'backchannel_logout_supported',
  'backchannel_logout_session_supported',
])

test('oidcc-discovery-endpoint-verification', async () => {
  const answer = await get('/.well-known/openid-configuration')
  expect([answer.status, answer.headers['content-type']]).toEqual([200, expect.stringMatching(/^application\/json/)])
  const metadata = answer.json<Record<string, string | readonly string[] | boolean>>()
  expect(metadata).toMatchObject({
    issuer: running.issuer,
    response_types_supported: ['code'],
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
    grant_types_supported: expect.arrayContaining(['authorization_code']),
    scopes_supported: expect.arrayContaining(['openid']),
    claims_parameter_supported: true,
    request_parameter_supported: true,
    request_uri_parameter_supported: false,
    ui_locales_supported: ['nl', 'fr', 'de', 'en'],
  })
  expect(Object.keys(metadata).filter(name => !REGISTERED.has(name))).toEqual([])
  const endpoints = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name))
  expect(endpoints.length).toBeGreaterThan(8)
  for (const [, address] of endpoints) expect(address).toMatch(new RegExp(`^${running.issuer}/`))
  for (const value of Object.values(metadata)) {
    // A list is never empty, and says nothing twice.
    if (Array.isArray(value)) expect([value.length > 0, new Set(value).size]).toEqual([true, value.length])
  }
  for (const scope of metadata.scopes_supported as string[]) expect(scope).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
})

test('its keys are public, each of a name and a use of its own', async () => {
  const { keys } = (await get('/jwks')).json<{ keys: Record<string, string>[] }>()
  expect(keys.map(({ kty, use, alg }) => [kty, use, alg])).toEqual([
    ['EC', 'sig', 'ES256'],
    ['RSA', 'sig', 'RS256'],
  ])
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
  for (const key of keys) expect(Object.keys(key).filter(name => /^(d|p|q|dp|dq|qi|k|oth)$/.test(name))).toEqual([])
  expect(Buffer.from(keys[1]?.n ?? '', 'base64url').length).toBeGreaterThanOrEqual(256)
})

test('RFC 8414: the same metadata at its own address', async () => {
  const [openid, oauth] = await Promise.all([
    get('/.well-known/openid-configuration'),
    get('/.well-known/oauth-authorization-server'),
  ])
  expect(oauth.json()).toEqual(openid.json())
})
