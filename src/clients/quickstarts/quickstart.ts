import type { ClientMetadata } from '#src/clients/client-metadata.ts'

/** What a quickstart is filled in with. */
export type QuickstartInput = {
  readonly issuer: string
  readonly client: ClientMetadata
  readonly redirectUri: string
}

/** Code to begin with, for one stack. `tested`: whether a test of PIAS runs this very text. */
export type Quickstart = {
  readonly stack: string
  readonly title: string
  readonly language: 'js' | 'html' | 'ts' | 'yaml' | 'kotlin' | 'swift'
  readonly tested: boolean
  readonly code: string
}

/** One stack: which clients it is for, and its code. */
export type Stack = Omit<Quickstart, 'code'> & {
  readonly fits: (client: ClientMetadata) => boolean
  readonly write: (input: QuickstartInput) => string
}

/** The origin of an app, where its pages are. */
export const originOf = (uri: string): string => new URL(uri).origin

/** A text as a literal of JavaScript, Kotlin or Swift, whatever is in it. */
export const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** A text as a literal between double quotes. */
export const quoteDouble = (text: string): string => JSON.stringify(text)

/** An app with a server that keeps a secret or a key. */
export const isServerApp = ({ application_type: type, token_endpoint_auth_method: method }: ClientMetadata): boolean =>
  type === 'web' && method !== 'none'
