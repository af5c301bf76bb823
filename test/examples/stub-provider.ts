import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

type Json = Record<string, unknown>

/** What a stub provider answers; a test changes it between requests. */
export type StubAnswers = {
  /** Claims over the ID token's own; `nonce` must be that of the authorization request. */
  idToken: Json & { aud?: string }
  userinfo: Json
  /** Instead of tokens. */
  tokenError?: { status: number; body: Json }
  /** Every endpoint answers 503. */
  down: boolean
}

/**
 * The least OpenID provider that openid-client accepts: discovery, JWKS, pushed requests, token and userinfo. It has no
 * authorization endpoint: a test reads the address and plays the browser's part itself. `forms` are the token requests so
 * far, `pushed` the pushed ones by the number they were given.
 */
export const startStubProvider = async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'stub', alg: 'ES256', use: 'sig' }
  const answers: StubAnswers = { idToken: {}, userinfo: {}, down: false }
  const forms: URLSearchParams[] = []
  const pushed = new Map<string, URLSearchParams>()
  let issuer = ''

  const send = (response: ServerResponse, body: Json, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  const discovery = (): Json => ({
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/me`,
    jwks_uri: `${issuer}/jwks`,
    pushed_authorization_request_endpoint: `${issuer}/request`,
    end_session_endpoint: `${issuer}/session/end`,
    id_token_signing_alg_values_supported: ['ES256'],
    authorization_response_iss_parameter_supported: true,
    code_challenge_methods_supported: ['S256'],
  })

  const readForm = async (request: IncomingMessage): Promise<URLSearchParams> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    return new URLSearchParams(Buffer.concat(chunks).toString())
  }

  const push = async (request: IncomingMessage, response: ServerResponse) => {
    const number = `urn:stub:${pushed.size}`
    pushed.set(number, await readForm(request))
    send(response, { request_uri: number, expires_in: 60 }, 201)
  }

  const token = async (request: IncomingMessage, response: ServerResponse) => {
    forms.push(await readForm(request))
    if (answers.tokenError !== undefined) return send(response, answers.tokenError.body, answers.tokenError.status)
    const idToken = await new SignJWT({ ...answers.idToken })
      .setProtectedHeader({ alg: 'ES256', kid: 'stub' })
      .setIssuer(issuer)
      .setAudience(answers.idToken.aud ?? 'myproximus-web')
      .setSubject('account-1')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey)
    send(response, {
      token_type: 'Bearer',
      access_token: 'access-token-that-stays-on-the-server',
      refresh_token: 'refresh-token-that-stays-on-the-server',
      expires_in: 600,
      id_token: idToken,
    })
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (answers.down) return send(response, {}, 503)
    if (request.url === '/.well-known/openid-configuration') return send(response, discovery())
    if (request.url === '/jwks') return send(response, { keys: [jwk] })
    if (request.url === '/me') return send(response, { sub: 'account-1', ...answers.userinfo })
    if (request.url === '/request') return push(request, response)
    if (request.url === '/token') return token(request, response)
    send(response, {}, 404)
  }

  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const close = async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { issuer, answers, forms, pushed, close }
}
