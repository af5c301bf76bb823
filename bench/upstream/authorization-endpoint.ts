import { randomBytes } from 'node:crypto'
import { type Answer, json } from './answer.ts'
import { ACR_BASIC, claimsOf, type GrantedClaims } from './claims.ts'
import type { ClientRegistry } from './client-registry.ts'
import { type Persona, personaOf } from './persona.ts'

/** What an authorization code stands for. */
export type Authorization = {
  readonly clientId: string
  readonly redirectUri: string
  readonly challenge: string | null
  readonly nonce: string | null
  readonly acr: string
  readonly persona: Persona
  readonly claims: GrantedClaims
}

/**
 * Creates the authorization endpoint. There is no page: the person whose index is in `persona=N`, which the driver adds
 * to the URL, approves at once. Codes have 36 characters as itsme's do.
 */
export const createAuthorizationEndpoint =
  (registry: ClientRegistry, codes: Map<string, Authorization>) =>
  (query: URLSearchParams): Answer => {
    const client = registry.find(query.get('client_id'))
    const redirectUri = query.get('redirect_uri')
    const scope = query.get('scope') ?? ''
    if (!client || redirectUri !== client.redirectUri) return json(400, { error: 'invalid_request', detail: 'client' })
    if (query.get('response_type') !== 'code' || !scope.split(' ').includes('openid')) {
      return json(400, { error: 'invalid_request', detail: 'response_type or scope' })
    }

    const persona = personaOf(Number(query.get('persona')))
    const code = randomBytes(18).toString('hex')
    codes.set(code, {
      clientId: client.clientId,
      redirectUri,
      challenge: query.get('code_challenge'),
      nonce: query.get('nonce'),
      acr: query.get('acr_values') ?? ACR_BASIC,
      persona,
      claims: claimsOf(persona, scope, JSON.parse(query.get('claims') ?? '{}')),
    })

    const location = new URL(redirectUri)
    location.searchParams.set('code', code)
    const state = query.get('state')
    if (state !== null) location.searchParams.set('state', state)
    return { status: 302, location: location.href }
  }
