import { calculateJwkThumbprint, exportJWK } from 'jose'
import * as oidc from 'openid-client'
import { createCodeFlow } from '../shared/code-flow.ts'
import type { LoggedIn } from '../shared/logged-in.ts'
import type { Configure } from '../shared/provider-connection.ts'
import { listenOnLoopback } from './loopback.ts'

/** What the app on the phone knows. */
export type PhoneState = {
  readonly login?: LoggedIn
  /** The login that failed last; a page tells it once. */
  readonly error?: unknown
  /** How often tokens were renewed, and whether the refresh token stayed the same. */
  readonly renewals: number
  readonly sameRefreshToken: boolean
}

const NOTHING: PhoneState = { renewals: 0, sameRefreshToken: true }

/**
 * An app on a phone (RFC 8252): it keeps no secret, but a key that cannot leave the phone, to which all its tokens are
 * bound (DPoP). It logs in through the browser of the very device, where other apps' logins count too.
 */
export const createPhone = async (options: { configure: Configure; scope: string; homeUrl: string }) => {
  const dpopKeys = await oidc.randomDPoPKeyPair('ES256')
  const flow = createCodeFlow({ configure: options.configure, scope: options.scope, dpopKeys })
  let state = NOTHING

  return {
    thumbprint: await calculateJwkThumbprint(await exportJWK(dpopKeys.publicKey)),
    state: () => state,

    /** Where the browser goes to log in; it comes back to a port that is open for this login alone. */
    logIn: async (): Promise<URL> => {
      let finish: (query: string) => Promise<void> = async () => {}
      const redirectUri = await listenOnLoopback(async query => {
        await finish(query).catch(error => {
          state = { ...NOTHING, error }
        })
        return options.homeUrl
      })
      const { redirectTo, pending } = await flow.begin(redirectUri)
      finish = async query => {
        state = { ...NOTHING, login: await flow.complete(query, pending) }
      }
      return redirectTo
    },

    /** New tokens by the refresh token, which is worth nothing without the key and so keeps its value. */
    renew: async (): Promise<void> => {
      const { login, renewals } = state
      if (login === undefined) return
      const tokens = await flow.refresh(login)
      const same = tokens.refresh_token === undefined || tokens.refresh_token === login.tokens.refreshToken
      const accessToken = tokens.access_token
      const renewed = { ...login, tokens: { ...login.tokens, accessToken } }
      state = { login: renewed, renewals: renewals + 1, sameRefreshToken: same }
    },

    /** Forgets the person; where the browser goes on to log out at the provider. */
    logOut: async (): Promise<string> => {
      const { login } = state
      state = NOTHING
      if (login === undefined) return options.homeUrl
      return (await flow.logoutUrl(login.tokens.idToken, options.homeUrl, 'logged-out')).href
    },

    /** The error that was not told yet. */
    takeError: (): unknown => {
      const { error } = state
      if (error !== undefined) state = NOTHING
      return error
    },
  }
}

export type Phone = Awaited<ReturnType<typeof createPhone>>
