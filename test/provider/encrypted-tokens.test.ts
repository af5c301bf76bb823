import { exportJWK, generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { logIn, REDIRECT_URI, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** ID tokens and userinfo that are signed by PIAS and encrypted to the client, read by a well-kept client library. */
const appWith = async (id: string, alg: 'RSA-OAEP-256' | 'ECDH-ES', signed: 'ES256' | 'RS256') => {
  const signing = await generateKeyPair('ES256')
  const decryption = await generateKeyPair(alg)
  const keys = [
    { ...(await exportJWK(signing.publicKey)), kid: 'sig', alg: 'ES256', use: 'sig' },
    { ...(await exportJWK(decryption.publicKey)), kid: 'enc', alg, use: 'enc' },
  ]
  const file = {
    ...TEST_CLIENT,
    client_id: id,
    client_secret: undefined,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys },
    id_token_signed_response_alg: signed,
    id_token_encrypted_response_alg: alg,
    userinfo_signed_response_alg: signed,
    userinfo_encrypted_response_alg: alg,
  }
  return { file, signed, alg, signing: signing.privateKey, decryption: decryption.privateKey }
}

let running: RunningPias
let rsa: Awaited<ReturnType<typeof appWith>>
let ec: Awaited<ReturnType<typeof appWith>>
beforeAll(async () => {
  rsa = await appWith('rsa', 'RSA-OAEP-256', 'RS256')
  ec = await appWith('ec', 'ECDH-ES', 'ES256')
  running = await startPias({ clients: [rsa.file, ec.file] })
})
afterAll(() => running.close())

test.each([
  ['RSA-OAEP-256 around RS256', () => rsa],
  ['ECDH-ES around ES256', () => ec],
])('%s', async (_what, which) => {
  const { file, signed, alg, signing, decryption } = which()
  const metadata = { id_token_signed_response_alg: signed, userinfo_signed_response_alg: signed }
  const auth = oidc.PrivateKeyJwt({ key: signing, kid: 'sig' })
  const config = await oidc.discovery(new URL(running.issuer), file.client_id, metadata, auth, {
    execute: [oidc.allowInsecureRequests],
  })
  oidc.enableDecryptingResponses(config, ['A256GCM'], { key: decryption, kid: 'enc', alg })
  const verifier = oidc.randomPKCECodeVerifier()
  const nonce = oidc.randomNonce()
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile',
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const answers = await logIn(createHttpBrowser(), url.href, 'lotte')
  const callback = new URL(answers.at(-1)?.location ?? 'none:')
  const tokens = await oidc.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: verifier,
    expectedNonce: nonce,
  })
  expect(tokens.id_token?.split('.')).toHaveLength(5)
  const sub = tokens.claims()?.sub ?? ''
  expect(sub).toMatch(/^[\w-]{22}$/)

  const raw = await userinfo(running, createHttpBrowser(), tokens.access_token)
  expect(raw.headers['content-type']).toMatch(/^application\/jwt/)
  expect(raw.body.split('.')).toHaveLength(5)
  expect(raw.body).not.toContain('Vandenbroucke')
  expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ family_name: 'Vandenbroucke' })
})

test('discovery names no symmetric algorithm, none that is absent, and no empty list', async () => {
  const metadata = (await createHttpBrowser().get(`${running.issuer}/.well-known/openid-configuration`)).json()
  const lists = Object.entries(metadata).filter(([name]) => /_(alg|enc)_values_supported$/.test(name))
  expect(lists.length).toBeGreaterThan(8)
  for (const [name, values] of lists) {
    expect([
      name,
      (values as string[]).filter(alg => /^(none|HS|dir|A\d+(GCM)?KW|RSA1_5|RSA-OAEP$|PBES2)/.test(alg)),
    ]).toEqual([name, []])
    expect((values as string[]).length).toBeGreaterThan(0)
  }
})

test('discovery and keys are cached, and a client that has them is told so', async () => {
  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/jwks']) {
    const first = await createHttpBrowser().get(`${running.issuer}${path}`)
    expect(first.headers['cache-control']).toMatch(/^public, max-age=300/)
    expect(first.headers['content-type']).toMatch(/json/)
    const etag = first.headers.etag as string
    const again = await createHttpBrowser().get(`${running.issuer}${path}`, { 'if-none-match': etag })
    expect([path, again.status, again.body, again.headers.etag]).toEqual([path, 304, '', etag])
    const changed = await createHttpBrowser().get(`${running.issuer}${path}`, { 'if-none-match': '"other"' })
    expect([changed.status, changed.body]).toEqual([200, first.body])
  }
  const openid = await createHttpBrowser().get(`${running.issuer}/.well-known/openid-configuration`)
  const oauth = await createHttpBrowser().get(`${running.issuer}/.well-known/oauth-authorization-server`)
  expect(oauth.body).toBe(openid.body)
})
