import { createHash, randomBytes } from 'node:crypto'
import type { Answer, HttpBrowser } from './http-browser.ts'

/** An authorization request of a relying party that was written without any OpenID library. */
export type AuthorizationRequest = { url: string; state: string; nonce: string; verifier: string }

/** A confidential client by plain HTTP: builds requests, redeems codes. */
export type PlainRelyingParty = {
  clientId: string
  redirectUri: string
  authorize(extra?: Record<string, string>): AuthorizationRequest
  /** Posts to the token endpoint as this client. */
  token(browser: HttpBrowser, form: Record<string, string>): Promise<Answer>
  redeem(browser: HttpBrowser, callback: string, request: AuthorizationRequest): Promise<Answer>
}

const random = (): string => randomBytes(32).toString('base64url')

/** @param options.secret with `client_secret_basic` (RFC 6749, 2.3.1); without it the client is public */
export const createPlainRelyingParty = (options: {
  issuer: string
  clientId: string
  secret?: string
  redirectUri: string
  scope?: string
}): PlainRelyingParty => {
  const { issuer, clientId, secret, redirectUri } = options
  const basic =
    secret === undefined ? undefined : Buffer.from(`${clientId}:${encodeURIComponent(secret)}`).toString('base64')
  const token: PlainRelyingParty['token'] = (browser, form) =>
    browser.post(`${issuer}/token`, basic === undefined ? { client_id: clientId, ...form } : form, {
      accept: 'application/json',
      ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }),
    })
  return {
    clientId,
    redirectUri,
    token,
    authorize: (extra = {}) => {
      const verifier = random()
      const state = random()
      const nonce = random()
      const query = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: options.scope ?? 'openid profile email phone address customer',
        state,
        nonce,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...extra,
      })
      return { url: `${issuer}/auth?${query}`, state, nonce, verifier }
    },
    redeem: (browser, callback, request) =>
      token(browser, {
        grant_type: 'authorization_code',
        code: new URL(callback).searchParams.get('code') ?? '',
        redirect_uri: redirectUri,
        code_verifier: request.verifier,
      }),
  }
}
