import { clientMetadataSchema } from '#src/clients/client-metadata.ts'

/** What a client file may say of the protocol, and what it is told when it says something else. Keys are synthetic. */
const EC = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }
const RSA = { kty: 'RSA', n: Buffer.alloc(256, 1).toString('base64url'), e: 'AQAB' }
const FILE = {
  client_id: 'app',
  client_name: 'Synthetic app',
  redirect_uris: ['https://app.example/callback'],
  jwks: { keys: [EC] },
}
const FAPI = { ...FILE, pias_profile: 'fapi2' }

const problemsOf = (file: object): string[] => {
  const parsed = clientMetadataSchema.safeParse(file)
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

test('a FAPI 2.0 client pushes its requests and binds its tokens, whatever its file leaves out', () => {
  expect(clientMetadataSchema.parse(FAPI)).toMatchObject({
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
    response_modes: ['query'],
    pias_pkce_required: true,
    id_token_signed_response_alg: 'ES256',
  })
})

test.each([
  ['token_endpoint_auth_method', { token_endpoint_auth_method: 'none', jwks: undefined }],
  ['token_endpoint_auth_signing_alg', { token_endpoint_auth_signing_alg: 'RS256' }],
  ['id_token_signed_response_alg', { id_token_signed_response_alg: 'RS256' }],
  ['userinfo_signed_response_alg', { userinfo_signed_response_alg: 'RS256' }],
  ['request_object_signing_alg', { request_object_signing_alg: 'RS256' }],
  ['response_modes', { response_modes: ['query', 'form_post'] }],
  ['pias_pkce_required', { pias_pkce_required: false }],
  ['require_pushed_authorization_requests', { require_pushed_authorization_requests: false }],
  ['dpop_bound_access_tokens', { dpop_bound_access_tokens: false }],
  ['jwks', { jwks: { keys: [{ ...RSA, n: Buffer.alloc(128, 1).toString('base64url') }] } }],
  [
    'grant_types',
    { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'], redirect_uris: [], response_modes: ['query'] },
  ],
])('a FAPI 2.0 client whose %s is something else is refused, with the reason', (field, change) => {
  const problems = problemsOf({ ...FAPI, ...change })
  expect(problems.filter(one => one.startsWith(`${field}: with pias_profile fapi2 `))).toHaveLength(1)
  expect(problemsOf({ ...FILE, ...change }).filter(one => one.includes('fapi2'))).toEqual([])
})

test('RSA keys of 2048 bits will do, and assertions with PS256', () => {
  expect(problemsOf({ ...FAPI, jwks: { keys: [RSA] }, token_endpoint_auth_signing_alg: 'PS256' })).toEqual([])
})

test('only a client that authenticates may do without PKCE', () => {
  expect(problemsOf({ ...FILE, pias_pkce_required: false })).toEqual([])
  const open = { ...FILE, jwks: undefined, token_endpoint_auth_method: 'none', pias_pkce_required: false }
  expect(problemsOf(open)).toEqual([expect.stringContaining('pias_pkce_required: is for clients that authenticate')])
})

test.each([
  ['id_token', 'RSA-OAEP-256', { keys: [EC] }, 'jwks: holds no key for id_token_encrypted_response_alg RSA-OAEP-256'],
  ['userinfo', 'ECDH-ES', { keys: [RSA] }, 'jwks: holds no key for userinfo_encrypted_response_alg ECDH-ES'],
  [
    'id_token',
    'ECDH-ES',
    { keys: [{ ...EC, use: 'sig' }] },
    'jwks: holds no key for id_token_encrypted_response_alg ECDH-ES',
  ],
])('%s cannot be encrypted with %s where no key of the client is for it', (what, alg, jwks, problem) => {
  expect(problemsOf({ ...FILE, jwks, [`${what}_encrypted_response_alg`]: alg })).toEqual([problem])
})

test('encryption is by a key of the client, with A256GCM', () => {
  const client = clientMetadataSchema.parse({ ...FILE, id_token_encrypted_response_alg: 'ECDH-ES' })
  expect(client.id_token_encrypted_response_enc).toBe('A256GCM')
  const secret = {
    ...FILE,
    jwks: undefined,
    token_endpoint_auth_method: 'client_secret_basic',
  }
  expect(problemsOf({ ...secret, id_token_encrypted_response_alg: 'ECDH-ES' })).toEqual([
    'id_token_encrypted_response_alg: needs a key of the client: jwks or jwks_uri',
  ])
  expect(problemsOf({ ...FILE, id_token_encrypted_response_enc: 'A256GCM' })).toEqual([
    'id_token_encrypted_response_alg: is needed beside id_token_encrypted_response_enc',
  ])
  expect(problemsOf({ ...secret, require_signed_request_object: true })).toEqual([
    'request_object_signing_alg: needs a key of the client: jwks or jwks_uri',
  ])
})
