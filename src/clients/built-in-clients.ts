import type { ClientMetadata } from './client-metadata.ts'
import type { ClientRegistry } from './client-registry.ts'

/** The ids of what PIAS is of itself. */
export const OWN_CLIENT_IDS = { account: 'pias-account', admin: 'pias-admin' } as const

/**
 * A registry that knows PIAS's own pages as apps, too. They are found and not listed: nobody registers, dresses or starts
 * them. A file with such an id is not used.
 */
export const withBuiltInClients = (registry: ClientRegistry, builtIn: readonly ClientMetadata[]): ClientRegistry => {
  const own = new Map(builtIn.map(client => [client.client_id, client]))
  return { ...registry, find: id => own.get(id) ?? registry.find(id) }
}
