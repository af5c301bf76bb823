import type { JWK } from 'jose'
import type Koa from 'koa'

/** What an app reads of its own registration (RFC 7591), its `client.json`. */
export type Registration = { readonly client_id: string; readonly client_name: string; readonly scope: string }

/** What every sample app is told. */
export type SampleOptions = {
  readonly issuer: string
  /** This app's own origin, such as `http://localhost:3200`. */
  readonly baseUrl: string
  readonly registration: Registration
  /** The key that it proves itself with; apps that cannot keep a secret have none. */
  readonly privateJwk?: JWK
  /** Hears of every failure that a person was shown as our fault. */
  readonly onError?: (error: unknown) => void
}

/** Makes a sample app. */
export type CreateSample = (options: SampleOptions) => Koa

/** How an app looks: its name in two parts, the second one coloured; its mark; its templates and its style sheet. */
export type Look = {
  readonly name: string
  readonly brand: readonly [string, string]
  /** Of the mark, `#rrggbb`; the rest of its colours is in its style sheet. */
  readonly accent: string
  /** SVG path of the mark in a square of 32. */
  readonly mark: string
  readonly viewsDir: string
  readonly stylesFile: string
  /** The app's script, where it has one. */
  readonly scriptFile?: string
}
