import { decodeJwt, decodeProtectedHeader } from 'jose'
import { maskClaims } from '#src/admin/operations/preview-tokens.ts'
import type { Json } from '#src/kernel/runtime.ts'
import { type Advice, adviceOn } from './advice.ts'
import type { AppStep } from './app-steps.ts'

export type Claims = { readonly [claim: string]: Json }

/** An OAuth error: where it came, what PIAS says of it, why and what to do. */
export type TrialError = Advice & {
  readonly at: 'request' | 'login' | 'token' | 'userinfo'
  readonly code: string
  readonly description?: string
}

/** What came of a trial. No token is in it: headers and claims alone. */
export type TrialReport = {
  readonly id: string
  readonly clientId: string
  /** Epoch milliseconds. */
  readonly at: number
  /** Parameters of the authorization request. */
  readonly request: Readonly<Record<string, string>>
  /** Whether claims are in the clear: those of whoever tries, and nobody else's. */
  readonly own: boolean
  readonly error?: TrialError
  readonly idToken?: { readonly header: Claims; readonly claims: Claims }
  readonly accessToken?: {
    readonly type: string
    readonly format: 'opaque' | 'jwt'
    readonly scope: string
    readonly expiresIn: number
    readonly header?: Claims
    readonly claims?: Claims
  }
  readonly userinfo?: Claims
  readonly introspection?: Claims
  /** Steps of the app itself, which the trial does not take. */
  readonly appSteps?: readonly AppStep[]
}

/** An error as it is told. */
export const errorOf = (at: TrialError['at'], code: string, description: string | undefined): TrialError => ({
  at,
  code,
  ...adviceOn(code),
  ...(description !== undefined && { description }),
})

/** What a token endpoint gave, with the tokens themselves. */
export type Given = {
  readonly id_token?: string
  readonly access_token: string
  readonly token_type: string
  readonly scope?: string
  readonly expires_in?: number
}

const isJwt = (token: string): boolean => token.split('.').length === 3

/** A JSON web token as it is read, without its signature. */
const readToken = (token: string, show: (claims: Claims) => Claims) => ({
  header: decodeProtectedHeader(token) as Claims,
  claims: show(decodeJwt(token) as Claims),
})

/** The tokens without themselves. @param own whether claims are of whoever looks; others' are masked */
export const tokensOf = (given: Given, own: boolean): Pick<TrialReport, 'idToken' | 'accessToken'> => {
  const show = (claims: Claims): Claims => (own ? claims : (maskClaims(claims) as Claims))
  const {
    id_token: idToken,
    access_token: accessToken,
    token_type: type,
    scope = '',
    expires_in: expiresIn = 0,
  } = given
  const isReadable = isJwt(accessToken)
  return {
    ...(idToken !== undefined && { idToken: readToken(idToken, show) }),
    accessToken: {
      type,
      format: isReadable ? 'jwt' : 'opaque',
      scope,
      expiresIn,
      ...(isReadable && readToken(accessToken, show)),
    },
  }
}
