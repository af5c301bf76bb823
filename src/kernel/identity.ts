import type { Json } from './runtime.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** PIAS's own account identifier: random, never reused, and the public `sub` of tokens (OIDC Core 2). */
export type AccountId = Branded<'AccountId'>

/** Languages of the hosted pages; also what itsme accepts in `ui_locales`. */
export const LOCALES = ['nl', 'fr', 'de', 'en'] as const
export type Locale = (typeof LOCALES)[number]

/**
 * PIAS's own authentication context class, from weak to strong. Upstream levels are mapped onto it by
 * configuration; `low` is for what no upstream vouches for: an old password, a passkey.
 */
export const ACRS = ['urn:pias:acr:low', 'urn:pias:acr:basic', 'urn:pias:acr:advanced'] as const
export type Acr = (typeof ACRS)[number]

/** Why a person is sent upstream; itsme has a service code for each. */
export type Purpose = 'login' | 'registration' | 'confirmation'

/** What a person is to confirm: a payment (amount a whole number of the smallest unit), or a text. */
export type Approval =
  | { readonly kind: 'payment'; readonly amount: number; readonly currency: string; readonly iban: string }
  | { readonly kind: 'text'; readonly text: string }

/**
 * Who the upstream says somebody is. The key is all three parts: itsme's `sub` may be pairwise per client, and an
 * issuer may not be mixed with another's (OIDC Core 5.7).
 */
export type IdentityKey = {
  readonly issuer: string
  readonly clientId: string
  readonly subject: string
}

/** A postal address as an identity document gives it (OIDC Core 5.1.1, without region). */
export type IdentityAddress = {
  readonly streetAddress?: string
  readonly postalCode?: string
  readonly locality?: string
  readonly country?: string
  readonly formatted?: string
}

/**
 * The claims PIAS understands, each absent when the upstream did not give it (never null or empty).
 * `birthdate` is `YYYY-MM-DD`; `phoneNumber` is as given, with `phoneVerified` telling its provenance;
 * `givenName` may hold several first names separated by spaces.
 */
export type IdentityClaims = {
  readonly name?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly birthdate?: string
  readonly gender?: string
  readonly locale?: Locale
  readonly email?: string
  readonly emailVerified?: boolean
  readonly phoneNumber?: string
  readonly phoneVerified?: boolean
  readonly address?: IdentityAddress
  /** For matching only, where the law allows it: never logged, stored with an account or put in a token. */
  readonly nationalNumber?: string
}

/** Claims whose source an account notes; the flags go with theirs. The national number ends with the login it came with. */
export const SOURCED_CLAIMS = [
  ...(['name', 'givenName', 'familyName', 'birthdate', 'gender', 'locale'] as const),
  ...(['email', 'phoneNumber', 'address'] as const),
] as const
export type ClaimName = (typeof SOURCED_CLAIMS)[number]

/** Who gave a claim its value: an upstream, or `person` for what was typed and confirmed; since when, epoch milliseconds. */
export type ClaimSource = { readonly by: string; readonly since: number }

/** Which version of the terms a new customer accepted, and when, in epoch milliseconds. */
export type AcceptedTerms = { readonly version: string; readonly at: number }

/**
 * What a proof has brought and its person put off (ADR 0081): the proof, as it was made; the keys of the records; the identity
 * that proved it, without which it is worth nothing; and until when it is kept, in epoch milliseconds.
 */
export type PutOff = {
  readonly proof: Json
  readonly records: readonly string[]
  readonly identity: IdentityKey
  readonly until: number
}

/**
 * What an account keeps of its person. `verifiedBy`: the upstream that read the claims of an identity document; those of
 * which `sources` says something else are not among them.
 */
export type AccountClaims = Omit<IdentityClaims, 'nationalNumber'> & {
  readonly verifiedBy?: string
  readonly sources?: { readonly [Name in ClaimName]?: ClaimSource }
  readonly terms?: AcceptedTerms
  readonly putOff?: PutOff
}

/** What an upstream noticed about the moment of a login; a part is absent where the upstream said nothing. */
export type RiskSignals = {
  /** The person's phone was in a call: somebody may have been telling them what to approve. */
  readonly callInProgress?: boolean
}

/**
 * What an upstream's word on a person is worth. `verified`: its claims come from an identity document, so they may be
 * matched to customer records. `asserted`: only the subject is certain; the claims are what the person once typed.
 */
export type Assurance = 'verified' | 'asserted'

/**
 * What an upstream leg yields: a person proved by somebody PIAS trusts.
 * `authTime` is in seconds since the epoch; `acr` is already PIAS's own; `amr` are RFC 8176 values.
 */
export type VerifiedIdentity = {
  readonly upstream: string
  readonly key: IdentityKey
  readonly assurance: Assurance
  readonly acr: Acr
  readonly amr: readonly string[]
  readonly authTime: number
  readonly claims: IdentityClaims
  readonly signals?: RiskSignals
}
