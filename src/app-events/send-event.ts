import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import { reasonOf } from '#src/kernel/reason-of.ts'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { SendToApp } from '#src/messaging/delivery.ts'

/** Signs claims with PIAS's key of this moment for an algorithm. @param typ of the header */
export type SignClaims = (claims: { readonly [name: string]: Json }, alg: string, typ: string) => Promise<string>

/**
 * Pushes one event as a Security Event Token (RFC 8417) to the address of an app (RFC 8935): 2xx is taken, 400 is a
 * refusal for good, all else is tried again. `jti` is the same for every try. What is called is up to `fetch`, which must be
 * the guarded one: an app chose the address.
 */
export const createSendEvent = (deps: {
  issuer: string
  findClient: (clientId: string) => ClientMetadata | undefined
  sign: SignClaims
  fetch: (url: string, init: RequestInit) => Promise<Response>
  clock: Clock
}): SendToApp => {
  const { issuer, findClient, sign, clock } = deps

  return async (jti, { recipient: { to: clientId }, claims }) => {
    const client = findClient(clientId)
    if (client?.pias_webhook_uri === undefined) return { kind: 'refused', reason: 'no-webhook' }
    const registered = { iss: issuer, aud: clientId, jti, iat: Math.floor(clock() / 1000) }
    try {
      const token = await sign({ ...registered, ...claims }, client.id_token_signed_response_alg, 'secevent+jwt')
      const headers = { 'content-type': 'application/secevent+jwt', accept: 'application/json' }
      const answer = await deps.fetch(client.pias_webhook_uri, { method: 'POST', headers, body: token })
      await answer.body?.cancel()
      if (answer.ok) return { kind: 'sent' }
      return { kind: answer.status === 400 ? 'refused' : 'failed', reason: `HTTP ${answer.status}` }
    } catch (error) {
      return { kind: 'failed', reason: reasonOf(error) }
    }
  }
}
