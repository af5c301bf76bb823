import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'

/** A synthetic identity, as it comes back from the upstream. */
export const IDENTITY: VerifiedIdentity = {
  upstream: 'itsme',
  assurance: 'verified',
  key: { issuer: 'https://idp.example', clientId: 'PIAS', subject: 's' },
  acr: 'urn:pias:acr:basic',
  amr: ['mfa'],
  authTime: 1,
  claims: { name: 'Lotte' },
}

/** An attempt whose browser is at the upstream. */
export const AWAY: LoginAttempt = {
  uid: 'uid',
  returnTo: 'https://id.example/auth/uid',
  clientId: 'app',
  upstream: 'itsme',
  purpose: 'login',
  subject: { bucket: 50 },
  browser: 'hash',
  locale: 'nl',
  leg: { status: 'away', state: 'uid.random', handoff: {} },
  proofTries: 0,
}
