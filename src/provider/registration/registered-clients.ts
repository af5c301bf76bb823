import Provider, { type AdapterPayload, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { type ClientMetadata, usesSecret } from '#src/clients/client-metadata.ts'
import { hashSecret, makeSecret } from '#src/clients/client-secrets.ts'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { ClientSecret, ClientsPort, StoredClient } from '#src/store/ports/clients.ts'

/** What a request makes of a client that was as in `before` when it was made, and the secret that it was given now. */
export type Registration = { before?: StoredClient | undefined; metadata?: ClientMetadata; secret?: string }

/** The registrations of this moment, by their requests. */
export type Registrations = WeakMap<KoaContextWithOIDC, Registration>

/** Writes clients that register by themselves, as oidc-provider's adapter wants it. */
export type RegisteredClients = {
  /** One that registered by itself and is active. @throws TemporarilyUnavailable while the store is away */
  find(clientId: string): Promise<StoredClient | undefined>
  upsert(clientId: string, payload: AdapterPayload): Promise<void>
  destroy(clientId: string): Promise<void>
}

/**
 * Keeps them in the store beside the clients that others manage, which it never touches: each change is a compare-and-set
 * together with its audit event, a removed client stays as a tombstone, a secret stays as its hash (ADR 0042).
 */
export const createRegisteredClients = (deps: {
  clients: Pick<ClientsPort, 'find' | 'put'>
  registrations: Registrations
  refreshClients: () => Promise<void>
  clock: Clock
}): RegisteredClients => {
  const { clients, registrations, refreshClients, clock } = deps

  const find = async (clientId: string): Promise<StoredClient | undefined> => {
    const found = await clients.find(clientId).catch(asUnavailable)
    return found?.managedBy === 'dcr' && found.state === 'active' ? found : undefined
  }

  const put = async (client: StoredClient, type: string): Promise<void> => {
    const { clientId, version, updatedAt: at } = client
    const event = { at, type, clientId, data: { by: 'registration', version } }
    const written = await clients.put(client, [event]).catch(asUnavailable)
    if (!written) throw new errors.InvalidRequest('the client was changed by another request')
    // This node at once, the others within a second.
    await refreshClients()
  }

  const secretsOf = ({ secret }: Registration, before: readonly ClientSecret[]): readonly ClientSecret[] =>
    secret === undefined ? before : [{ ...makeSecret(clock).stored, hash: hashSecret(secret) }]

  return {
    find,

    upsert: async clientId => {
      const { ctx } = Provider
      const registration = ctx && registrations.get(ctx)
      const metadata = registration?.metadata
      if (metadata?.client_id !== clientId) throw new Error('a client is written by a registration alone')
      // Over what its metadata were made from alone, so that what an admin sets meanwhile is not lost.
      const { before } = registration ?? {}
      const at = clock()
      const client: StoredClient = {
        clientId,
        version: (before?.version ?? 0) + 1,
        state: 'active',
        managedBy: 'dcr',
        metadata: JSON.parse(JSON.stringify(metadata)) as Json,
        secrets: usesSecret(metadata) ? secretsOf(registration ?? {}, before?.secrets ?? []) : [],
        createdAt: before?.createdAt ?? at,
        updatedAt: at,
      }
      await put(client, before === undefined ? 'client.created' : 'client.changed')
    },

    destroy: async clientId => {
      const before = await find(clientId)
      if (before === undefined) return
      const { version, ...kept } = before
      await put({ ...kept, version: version + 1, state: 'removed', secrets: [], updatedAt: clock() }, 'client.removed')
    },
  }
}
