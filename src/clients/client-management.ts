import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { ClientManager, ClientSecret, ClientsPort, StoredClient } from '#src/store/ports/clients.ts'
import { type ClientMetadata, usesSecret } from './client-metadata.ts'
import type { KnownSecret } from './client-registry.ts'
import { isLive, LIVE_SECRETS, makeSecret } from './client-secrets.ts'

/** Tries to write over what others write at the same moment. */
const TRIES = 5

/** `stale`: it was changed since that version; `unknown`: there is no such client in the store, or no such secret. */
type ChangeResult =
  | { readonly kind: 'changed'; readonly client: StoredClient }
  | { readonly kind: 'stale' }
  | { readonly kind: 'unknown' }

/** `full`: two secrets are good already: one must be removed first. `past`: it would end before it begins. */
type AddSecretResult =
  | { readonly kind: 'added'; readonly secret: string; readonly stored: ClientSecret }
  | { readonly kind: 'full' }
  | { readonly kind: 'past' }
  | { readonly kind: 'unknown' }

/** Which event a state leaves. */
const STATE_EVENTS = { active: 'client.restored', disabled: 'client.disabled', removed: 'client.removed' } as const

/**
 * What whoever manages clients does to them: `by` says who that is, for the audit trail. Metadata must have passed
 * `clientMetadataSchema` and are kept as they were given, so that defaults stay defaults. Each act is one write with its
 * event.
 * @param deps.fileOf what a file says of a client; one that stands in a file is changed there, but for its secrets
 */
export const createClientManagement = (deps: {
  clients: ClientsPort
  fileOf: (
    clientId: string,
  ) => { readonly client: ClientMetadata; readonly secrets: readonly KnownSecret[] } | undefined
  clock: Clock
}) => {
  const { clients, fileOf, clock } = deps
  const write = (client: StoredClient, type: string, by: string, more: { [name: string]: Json } = {}) =>
    clients.put(client, [
      { at: clock(), type, clientId: client.clientId, data: { by, version: client.version, ...more } },
    ])

  const change = async (
    { clientId, version, by }: { clientId: string; version: number; by: string },
    type: string,
    changes: Partial<StoredClient>,
  ): Promise<ChangeResult> => {
    const before = await clients.find(clientId)
    if (before === undefined || before.state === 'removed' || before.managedBy === 'file') return { kind: 'unknown' }
    const client = { ...before, ...changes, version: version + 1, updatedAt: clock() }
    return (await write(client, type, by)) ? { kind: 'changed', client } : { kind: 'stale' }
  }

  /** Writes secrets over whatever version is there, again when somebody was faster. */
  const changeSecrets = async <Result>(
    clientId: string,
    decide: (
      before: StoredClient | undefined,
    ) =>
      | { write: readonly ClientSecret[]; type: string; by: string; secretId: string; result: Result }
      | { result: Result },
  ): Promise<Result> => {
    for (let tries = 1; ; tries++) {
      const before = await clients.find(clientId)
      const decided = decide(before)
      if (!('write' in decided)) return decided.result
      const now = clock()
      const secretsOnly = { state: 'active', managedBy: 'file', metadata: null, createdAt: now } as const
      const client = { clientId, ...(before ?? secretsOnly), version: (before?.version ?? 0) + 1, updatedAt: now }
      const written = { ...client, secrets: decided.write }
      if (await write(written, decided.type, decided.by, { secret: decided.secretId })) return decided.result
      if (tries === TRIES) throw new Error('the client is changed by others all the time')
    }
  }

  return {
    /** Makes a client, with its first secret where it needs one, told here once. An id that ever was one's is `taken`. */
    create: async (input: {
      metadata: ClientMetadata
      given: Json
      managedBy: Exclude<ClientManager, 'file'>
      owner?: string
      by: string
    }): Promise<{ kind: 'created'; client: StoredClient; secret?: string } | { kind: 'taken' }> => {
      const { metadata, given, managedBy, owner, by } = input
      const clientId = metadata.client_id
      if (fileOf(clientId) !== undefined) return { kind: 'taken' }
      const made = usesSecret(metadata) ? makeSecret(clock) : undefined
      const client: StoredClient = {
        clientId,
        version: 1,
        state: 'active',
        managedBy,
        metadata: given,
        createdAt: clock(),
        updatedAt: clock(),
        ...(owner !== undefined && { owner }),
        secrets: made === undefined ? [] : [made.stored],
      }
      if (!(await write(client, 'client.created', by, { managedBy }))) return { kind: 'taken' }
      return { kind: 'created', client, ...(made !== undefined && { secret: made.secret }) }
    },

    /** Writes new metadata over a version. */
    replace: (input: { clientId: string; version: number; given: Json; by: string }): Promise<ChangeResult> =>
      change(input, 'client.changed', { metadata: input.given }),

    /** Disables a client, lets it in again, or removes it for good, with its secrets. */
    setState: (input: {
      clientId: string
      version: number
      state: StoredClient['state']
      by: string
    }): Promise<ChangeResult> =>
      change(input, STATE_EVENTS[input.state], {
        state: input.state,
        ...(input.state === 'removed' && { secrets: [] }),
      }),

    /** Adds a secret of 256 bits beside the one there is, whether the client stands in a file or in the store. */
    addSecret: async (input: { clientId: string; expiresAt?: number; by: string }): Promise<AddSecretResult> => {
      const { clientId, expiresAt, by } = input
      if (expiresAt !== undefined && expiresAt <= clock()) return { kind: 'past' }
      const file = fileOf(clientId)
      return changeSecrets<AddSecretResult>(clientId, before => {
        const isKnown = file !== undefined || (before !== undefined && before.state !== 'removed')
        if (!isKnown) return { result: { kind: 'unknown' } }
        const stored = (before?.secrets ?? []).filter(secret => isLive(secret, clock()))
        const ofFile = (file?.secrets ?? []).filter(secret => isLive(secret, clock()))
        if (stored.length + ofFile.length >= LIVE_SECRETS) return { result: { kind: 'full' } }
        const made = makeSecret(clock, expiresAt)
        return {
          write: [...stored, made.stored],
          type: 'client.secret-added',
          by,
          secretId: made.stored.id,
          result: { kind: 'added', ...made },
        }
      })
    },

    /** Removes a secret from the store: it is good for nothing from the next second on. @returns whether there was one */
    removeSecret: ({ clientId, secretId, by }: { clientId: string; secretId: string; by: string }): Promise<boolean> =>
      changeSecrets<boolean>(clientId, before => {
        const left = before?.secrets.filter(({ id }) => id !== secretId) ?? []
        if (before === undefined || left.length === before.secrets.length) return { result: false }
        return { write: left, type: 'client.secret-removed', by, secretId, result: true }
      }),

    /** The secrets of a client, those of its file first, each with when it was last used. */
    listSecrets: async (clientId: string) => {
      const [stored, uses] = await Promise.all([clients.find(clientId), clients.secretUses(clientId)])
      const all: readonly (KnownSecret & { createdAt?: number })[] = [
        ...(fileOf(clientId)?.secrets ?? []),
        ...(stored?.secrets ?? []),
      ]
      return all.map(({ hash: _, ...secret }) => {
        const lastUsedAt = uses.get(secret.id)
        return { ...secret, ...(lastUsedAt !== undefined && { lastUsedAt }) }
      })
    },
  }
}

/** The acts on clients. */
export type ClientManagement = ReturnType<typeof createClientManagement>
