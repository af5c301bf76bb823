import * as oidc from 'openid-client'
import { renderSVG } from 'uqr'
import { type LoggedIn, toLoggedIn } from '../shared/logged-in.ts'
import type { Configure } from '../shared/provider-connection.ts'

/** What is on the screen. `code` is shown until its person has confirmed it on a phone. */
export type Screen =
  | { readonly kind: 'welcome' }
  | {
      readonly kind: 'code'
      readonly code: string
      readonly address: string
      readonly link: string
      readonly qr: string
    }
  | { readonly kind: 'signed-in'; readonly login: LoggedIn }
  | { readonly kind: 'refused' | 'expired' | 'failed' }

/** A code that nobody used is replaced by itself this often; then the TV waits to be asked again. */
const RENEWALS = 3

const errorCode = (error: unknown): unknown => (error as { error?: unknown }).error ?? (error as Error).name

/** An address as people type it. */
const spoken = (address: string): string => address.replace(/^https?:\/\//, '')

/**
 * A TV that logs in with the help of a phone (RFC 8628): it asks for a code, shows it, and polls at the interval it is
 * told, slower when it is told to slow down; openid-client does the waiting. All its tokens are bound to a key that it makes
 * itself and keeps (DPoP, RFC 9449): each poll carries a proof of it, and a copied refresh token is worth nothing.
 * @param options.name what the TV calls itself; its person reads it before confirming
 */
export const createTv = (options: {
  configure: Configure
  scope: string
  name: string
  onError?: (error: unknown) => void
}) => {
  const dpopKeys = oidc.randomDPoPKeyPair('ES256')
  let screen: Screen = { kind: 'welcome' }
  let waiting = new AbortController()

  const failed = (error: unknown): Screen => {
    if (errorCode(error) === 'access_denied') return { kind: 'refused' }
    if (errorCode(error) === 'expired_token') return { kind: 'expired' }
    options.onError?.(error)
    return { kind: 'failed' }
  }

  const askForCode = async (config: oidc.Configuration): Promise<oidc.DeviceAuthorizationResponse> => {
    const asked = { scope: options.scope, pias_device_name: options.name }
    const told = await oidc.initiateDeviceAuthorization(config, asked)
    const link = told.verification_uri_complete ?? told.verification_uri
    screen = {
      kind: 'code',
      code: told.user_code,
      address: spoken(told.verification_uri),
      link,
      // Dark on light with its quiet zone, whatever the screen's colours.
      qr: renderSVG(link, { border: 4, ecc: 'M' }),
    }
    return told
  }

  /** Waits for the phone; only the newest wait may change the screen. */
  const wait = async (config: oidc.Configuration, told: oidc.DeviceAuthorizationResponse, renewals: number) => {
    const { signal } = waiting
    const show = (next: Screen): void => {
      if (!signal.aborted) screen = next
    }
    try {
      const DPoP = oidc.getDPoPHandle(config, await dpopKeys)
      const tokens = await oidc.pollDeviceAuthorizationGrant(config, told, undefined, { DPoP, signal })
      show({ kind: 'signed-in', login: await toLoggedIn(config, tokens, { DPoP }) })
    } catch (error) {
      if (signal.aborted) return
      const next = failed(error)
      if (next.kind !== 'expired' || renewals === 0) return show(next)
      await askForCode(config).then(
        renewed => wait(config, renewed, renewals - 1),
        cause => show(failed(cause)),
      )
    }
  }

  const stop = (): void => {
    waiting.abort()
    waiting = new AbortController()
    screen = { kind: 'welcome' }
  }

  return {
    screen: () => screen,

    /** Shows a new code. Rejects with openid-client's errors. */
    logIn: async (): Promise<void> => {
      stop()
      const config = await options.configure()
      void wait(config, await askForCode(config), RENEWALS)
    },

    /** Forgets the person, here and at the provider: nobody has the token any more. */
    logOut: async (): Promise<void> => {
      const { login } = screen as { login?: LoggedIn }
      stop()
      const token = login?.tokens.refreshToken
      if (token !== undefined) await oidc.tokenRevocation(await options.configure(), token)
    },

    stop,
  }
}

export type Tv = ReturnType<typeof createTv>
