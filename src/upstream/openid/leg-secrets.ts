import { createHash, randomBytes } from 'node:crypto'
import { PiasError } from '#src/kernel/errors.ts'
import type { Json } from '#src/kernel/runtime.ts'

/** What one leg is checked with when it comes back; kept by the caller as `handoff`. */
export type LegSecrets = {
  readonly nonce: string
  readonly codeVerifier: string
  /** An age was asked for (`max_age`), so the ID token must say when the person was authenticated. */
  readonly mustBeDated?: boolean
}

const random = (): string => randomBytes(32).toString('base64url')

/** New secrets, and the S256 challenge of the verifier (RFC 7636, 4.2). */
export const createLegSecrets = (): LegSecrets & { readonly challenge: string } => {
  const codeVerifier = random()
  return { nonce: random(), codeVerifier, challenge: createHash('sha256').update(codeVerifier).digest('base64url') }
}

/** @throws PiasError `upstream.invalid_response` when the handoff is not one of ours */
export const readHandoff = (handoff: Json): LegSecrets => {
  const { nonce, codeVerifier, mustBeDated } = (handoff ?? {}) as { readonly [name: string]: unknown }
  if (typeof nonce === 'string' && typeof codeVerifier === 'string') {
    return { nonce, codeVerifier, mustBeDated: mustBeDated === true }
  }
  throw new PiasError('upstream.invalid_response', 'the leg has no nonce or PKCE verifier')
}
