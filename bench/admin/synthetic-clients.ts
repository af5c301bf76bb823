import type { StoredClient } from '#src/store/ports/clients.ts'

/** The id of a synthetic app: in the order of their numbers, a hundred with one begin. */
export const clientIdOf = (index: number): string => `app-${String(index).padStart(6, '0')}`

/** An app as an admin registers it, with a secret that ends, soon in a few cases. */
export const clientOf = (index: number, now: number): StoredClient => {
  const clientId = clientIdOf(index)
  const origin = `https://${clientId}.example.com`
  const metadata = {
    client_id: clientId,
    client_name: `Synthetic app ${index}`,
    redirect_uris: [`${origin}/callback`],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'openid profile email offline_access',
    post_logout_redirect_uris: [`${origin}/`],
    contacts: [`team-${index}@example.com`],
    pias_first_party: true,
  }
  const expiresAt = now + (index % 100 === 0 ? 10 : 300) * 24 * 3600 * 1000
  return {
    clientId,
    version: 1,
    state: 'active',
    managedBy: 'api',
    metadata,
    createdAt: now,
    updatedAt: now,
    secrets: [{ id: 's1', hash: `sha256:${clientId.padEnd(43, '0')}`, createdAt: now, expiresAt }],
  }
}
