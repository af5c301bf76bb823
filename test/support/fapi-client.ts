import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { type Answer, createHttpBrowser } from './http-browser.ts'
import { appAnswer, asPersona, atApp, REDIRECT_URI } from './log-in.ts'
import type { RunningPias } from './start-pias.ts'

const now = (): number => Math.floor(Date.now() / 1000)

/** A key and what it signs with. */
export type SigningKey = { privateKey: CryptoKey; jwk: JWK; alg: string }

export const createKey = async (alg = 'ES256', kid: string = randomUUID()): Promise<SigningKey> => {
  const options = alg === 'EdDSA' ? { crv: 'Ed25519', extractable: true } : { extractable: true }
  const { privateKey, publicKey } = await generateKeyPair(alg, options)
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }, alg }
}

/** What a client that proves itself with a key sends along (RFC 7523, 2.2); `undefined` leaves a claim out. */
export const signAssertion = async (
  clientId: string,
  issuer: string,
  signer: SigningKey,
  more: Record<string, unknown> = {},
): Promise<Record<string, string>> => {
  const payload = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat: now(), exp: now() + 60, ...more }
  return {
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await new SignJWT(JSON.parse(JSON.stringify(payload)))
      .setProtectedHeader({ alg: signer.alg, kid: `${signer.jwk.kid}` })
      .sign(signer.privateKey),
  }
}

type Proof = {
  key?: SigningKey
  nonce?: string
  accessToken?: string
  header?: Record<string, unknown>
  payload?: Record<string, unknown>
}

/** A DPoP proof (RFC 9449, 4.2); `payload` and `header` change what it says, `undefined` leaves something out. */
export const createProof = async (method: string, url: string, key: SigningKey, proof: Proof = {}): Promise<string> => {
  const { kid: _kid, use: _use, alg: _alg, ...jwk } = key.jwk
  const ath = proof.accessToken && createHash('sha256').update(proof.accessToken).digest('base64url')
  const payload = { jti: randomUUID(), htm: method, htu: url, iat: now(), ath, nonce: proof.nonce, ...proof.payload }
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader(JSON.parse(JSON.stringify({ typ: 'dpop+jwt', alg: key.alg, jwk, ...proof.header })))
    .sign(key.privateKey)
}

export type FapiTokens = { access_token: string; id_token: string; refresh_token: string; token_type: string }

/** A client of the FAPI 2.0 plans, by plain HTTP: `private_key_jwt`, pushed requests, DPoP. */
export const createFapiClient = async (
  running: () => RunningPias,
  clientId: string,
  options: { alg?: string } = {},
) => {
  const key = await createKey(options.alg)
  const dpop = await createKey()

  const file = (more: object = {}): object => ({
    client_id: clientId,
    client_name: 'Synthetic FAPI client',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [REDIRECT_URI],
    scope: 'openid profile email phone address offline_access',
    jwks: { keys: [key.jwk] },
    pias_profile: 'fapi2',
    ...more,
  })

  const assertion = (more: Record<string, unknown> = {}, signer: SigningKey = key) =>
    signAssertion(clientId, running().issuer, signer, more)

  const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> =>
    createHttpBrowser().post(`${running().issuer}${path}`, form, { accept: 'application/json', ...headers })

  const pkce = () => {
    const verifier = randomBytes(32).toString('base64url')
    return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
  }

  /** The parameters of a request and its verifier. */
  const request = (more: Record<string, string | undefined> = {}) => {
    const { verifier, challenge } = pkce()
    const parameters = {
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid',
      state: randomUUID(),
      nonce: randomUUID(),
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...more,
    }
    return { verifier, parameters: JSON.parse(JSON.stringify(parameters)) as Record<string, string> }
  }

  const push = async (parameters: Record<string, string>, auth?: Record<string, string>, headers?: object) =>
    post('/request', { ...parameters, ...(auth ?? (await assertion())) }, headers as Record<string, string>)

  /** Goes through a login with what was pushed, or with other parameters of the authorization endpoint. */
  const visit = async (query: Record<string, string>, browser = createHttpBrowser()): Promise<Answer[]> => {
    const begun = await browser.get(
      `${running().issuer}/auth?${new URLSearchParams({ client_id: clientId, ...query })}`,
    )
    if (begun.location === undefined || atApp(begun.location)) return [begun]
    return [begun, ...(await browser.follow(asPersona(begun.location, 'lotte'), atApp))]
  }

  /** A login up to the code. */
  const code = async (more: Record<string, string | undefined> = {}, headers?: object) => {
    const { verifier, parameters } = request(more)
    const pushed = await push(parameters, undefined, headers)
    if (pushed.status !== 201) throw new Error(`the push was answered ${pushed.status} ${pushed.body}`)
    const answers = await visit({ request_uri: `${pushed.json().request_uri}` })
    return { verifier, parameters, callback: appAnswer(answers.at(-1)) }
  }

  const proofFor = (path: string, method = 'POST', proof: Proof = {}) =>
    createProof(method, `${running().issuer}${path}`, proof.key ?? dpop, proof)

  const token = async (form: Record<string, string>, auth?: Record<string, string>, proof?: string | false) => {
    const header = proof === false ? undefined : (proof ?? (await proofFor('/token')))
    return post('/token', { ...form, ...(auth ?? (await assertion())) }, header === undefined ? {} : { dpop: header })
  }

  const exchange = (
    login: Awaited<ReturnType<typeof code>>,
    more: { auth?: Record<string, string>; proof?: string | false; form?: Record<string, string> } = {},
  ) =>
    token(
      {
        grant_type: 'authorization_code',
        code: login.callback.code ?? '',
        redirect_uri: REDIRECT_URI,
        code_verifier: login.verifier,
        ...more.form,
      },
      more.auth,
      more.proof,
    )

  const logIn = async (more: Record<string, string | undefined> = {}): Promise<FapiTokens> => {
    const answer = await exchange(await code(more))
    if (answer.status !== 200) throw new Error(`the token endpoint answered ${answer.status} ${answer.body}`)
    return answer.json<FapiTokens>()
  }

  const userinfo = async (accessToken: string, proof: Proof | string = {}, scheme = 'DPoP'): Promise<Answer> => {
    const dpopHeader = typeof proof === 'string' ? proof : await proofFor('/me', 'GET', { accessToken, ...proof })
    return createHttpBrowser().get(`${running().issuer}/me`, {
      accept: 'application/json',
      authorization: `${scheme} ${accessToken}`,
      ...(dpopHeader === '' ? {} : { dpop: dpopHeader }),
    })
  }

  const thumbprint = () => calculateJwkThumbprint(dpop.jwk)

  return {
    key,
    dpop,
    file,
    assertion,
    request,
    push,
    visit,
    code,
    proofFor,
    token,
    exchange,
    logIn,
    userinfo,
    thumbprint,
  }
}

export type FapiClient = Awaited<ReturnType<typeof createFapiClient>>
