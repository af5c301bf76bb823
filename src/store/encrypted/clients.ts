import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { ClientSecret, ClientsPort, StoredClient } from '#src/store/ports/clients.ts'
import type { createSealEvents } from './audit.ts'

/** What is plain is bound to it: an old version, or a disabled client made active by hand, does not open. */
const metadataContext = ({ clientId, version, state, managedBy, owner = '' }: StoredClient) => [
  'clients',
  'metadata',
  clientId,
  version,
  state,
  managedBy,
  owner,
]
const secretContext = (clientId: string, { id, createdAt, expiresAt }: ClientSecret) => [
  'clients',
  'secret',
  clientId,
  id,
  createdAt,
  expiresAt ?? '',
]

/**
 * Relying parties with their metadata sealed (contacts are people), and the hashes of secrets: whoever can write to the
 * database alone can make neither a client nor a secret.
 */
export const encryptClients = (
  clients: ClientsPort,
  sealer: Sealer,
  sealEvents: ReturnType<typeof createSealEvents>,
): ClientsPort => {
  const seal = (client: StoredClient): StoredClient => ({
    ...client,
    metadata: sealer.seal(metadataContext(client), JSON.stringify(client.metadata)),
    secrets: client.secrets.map(secret => ({
      ...secret,
      hash: sealer.seal(secretContext(client.clientId, secret), secret.hash),
    })),
  })
  const open = (client: StoredClient): StoredClient => ({
    ...client,
    metadata: JSON.parse(sealer.open(metadataContext(client), client.metadata as string)) as Json,
    secrets: client.secrets.map(secret => ({
      ...secret,
      hash: sealer.open(secretContext(client.clientId, secret), secret.hash),
    })),
  })

  return {
    ...clients,
    find: async clientId => {
      const found = await clients.find(clientId)
      return found && open(found)
    },
    put: async (client, events) => clients.put(seal(client), await sealEvents(events)),
    page: async query => (await clients.page(query)).map(open),
    ending: async query => (await clients.ending(query)).map(open),
    changed: async query =>
      (await clients.changed(query)).map(({ change, client }) => ({ change, client: open(client) })),
  }
}
