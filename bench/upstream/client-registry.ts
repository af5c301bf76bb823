import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import type { PublishedKey } from './nested-jwt.ts'

/** A relying party of the upstream. Its keys are read from `jwksUri` when first needed, and once. */
export type UpstreamClient = { readonly clientId: string; readonly jwksUri: string; readonly redirectUri: string }

type ClientKeys = { readonly encryption: PublishedKey; readonly signing: readonly PublishedKey[] }

const fetchKeys = async (jwksUri: string): Promise<ClientKeys> => {
  const response = await fetch(jwksUri)
  if (!response.ok) throw new Error(`client JWKS answered ${response.status}: ${jwksUri}`)
  const { keys } = (await response.json()) as { keys: (JsonWebKey & { kid?: string; use?: string })[] }
  const published = (use: string): PublishedKey[] =>
    keys
      .filter(jwk => jwk.use === use && jwk.kid !== undefined)
      .map(jwk => ({ kid: jwk.kid ?? '', key: createPublicKey({ key: jwk, format: 'jwk' }) }))
  const [encryption] = published('enc')
  const signing = published('sig')
  if (!encryption || signing.length === 0) throw new Error(`client JWKS needs a sig and an enc key: ${jwksUri}`)
  return { encryption, signing }
}

const decode = (part: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString())

/**
 * Creates the registry of relying parties.
 * `authenticate` checks a `private_key_jwt` assertion as itsme does: RS256, `iss` = `sub` = client, `aud` = the full
 * token URL, not expired (RFC 7523, 3); it throws with the reason otherwise.
 */
export const createClientRegistry = (clients: readonly UpstreamClient[], tokenUrl: string) => {
  const byId = new Map(clients.map(client => [client.clientId, client]))
  const keysById = new Map<string, Promise<ClientKeys>>()

  const keysOf = (client: UpstreamClient): Promise<ClientKeys> => {
    const known = keysById.get(client.clientId) ?? fetchKeys(client.jwksUri)
    keysById.set(client.clientId, known)
    return known
  }

  const authenticate = async (assertion: string): Promise<{ client: UpstreamClient; encryption: PublishedKey }> => {
    const [header, payload, signature] = assertion.split('.')
    const { alg, kid } = decode(header)
    const { iss, sub, aud, exp } = decode(payload)
    const client = byId.get(String(sub))
    if (!client || iss !== sub) throw new Error('assertion names no known client')
    if (aud !== tokenUrl) throw new Error(`assertion is for ${JSON.stringify(aud)}, not the token URL`)
    if (typeof exp !== 'number' || exp * 1000 <= Date.now()) throw new Error('assertion is expired')
    const { encryption, signing } = await keysOf(client)
    const key = signing.find(candidate => candidate.kid === kid)?.key
    if (alg !== 'RS256' || !key) throw new Error('assertion is not RS256 with a published kid')
    const signed = Buffer.from(`${header}.${payload}`)
    if (!verify('RSA-SHA256', signed, key, Buffer.from(signature ?? '', 'base64url'))) {
      throw new Error('assertion signature does not verify')
    }
    return { client, encryption }
  }

  return { find: (clientId: string | null) => byId.get(clientId ?? ''), authenticate }
}

export type ClientRegistry = ReturnType<typeof createClientRegistry>
