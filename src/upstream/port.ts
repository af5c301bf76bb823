import type { Acr, Approval, Locale, Purpose, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'

/**
 * One upstream identity provider, reached by redirect. Stateless: what `begin` returns as `handoff` (nonce, PKCE
 * verifier…) the caller keeps in the attempt and gives back to `complete`, once.
 */
export type UpstreamIdp = {
  readonly id: string
  /**
   * Starts a redirect leg.
   * @param input.state the caller's own value, bound to the browser; comes back on the callback
   * @param input.callbackUrl the registered redirect URI, matched exactly by the upstream
   * @param input.maxAge seconds that may have passed since the upstream authenticated the person; 0: anew. Upstreams
   *   without sessions of their own need not be told. Whether it did is decided on `authTime`
   * @param input.approval what is to be confirmed, for that purpose alone
   * @throws PiasError `upstream.unavailable` when the upstream's metadata cannot be had, `request.invalid` for an
   *   approval it cannot show
   */
  begin(input: {
    purpose: Purpose
    approval?: Approval
    locale: Locale
    acr: Acr | undefined
    maxAge?: number | undefined
    state: string
    callbackUrl: string
  }): Promise<{ redirectTo: string; handoff: Json }>
  /**
   * Ends the leg: exchanges the code (never twice), verifies everything that comes back.
   * @param input.callback the full URL the browser came back on
   * @throws PiasError `upstream.denied` when the person or the upstream refused, `upstream.expired` when the code is no
   *   longer or not worth anything (RFC 6749, 5.2: `invalid_grant`), `upstream.unavailable` when it did not answer in
   *   time, `upstream.invalid_response` when what came back cannot be trusted
   */
  complete(input: { callback: URL; state: string; callbackUrl: string; handoff: Json }): Promise<VerifiedIdentity>
}
