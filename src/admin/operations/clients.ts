import type { CheckSurroundings } from '#src/clients/check-surroundings.ts'
import type { ClientManagement } from '#src/clients/client-management.ts'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'
import type { ClientRegistry } from '#src/clients/client-registry.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { ClientManager, ClientsPort, StoredClient } from '#src/store/ports/clients.ts'
import { type ClientFinding, createLintClient } from './client-lint.ts'
import { type Preset, withPreset } from './client-presets.ts'

/** An app as an admin sees it. `version` 0 is one of a file, which is changed there. */
export type ClientView = {
  readonly clientId: string
  readonly name: string
  readonly managedBy: ClientManager
  readonly state: 'active' | 'disabled'
  readonly version: number
  readonly metadata: Json
}

/** One app with its secrets, none of which is told, and what might be better. */
export type ClientDetail = ClientView & {
  readonly secrets: readonly {
    readonly id: string
    readonly createdAt?: number
    readonly expiresAt?: number
    readonly lastUsedAt?: number
  }[]
  readonly warnings: readonly ClientFinding[]
}

/**
 * Why nothing was changed. `managed`: it is changed where it comes from, a file or `apply`; `past`: a secret would end
 * before it begins.
 */
export type ClientRefusal = { readonly kind: 'unknown' | 'stale' | 'managed' | 'taken' | 'full' | 'past' }

/** What is wrong with metadata. */
export type ClientErrors = { readonly kind: 'wrong'; readonly errors: readonly ClientFinding[] }

/** Which apps: those whose id begins with `prefix` and comes after `after`, at most `limit`. */
type ListQuery = { readonly prefix?: string; readonly after: string; readonly limit: number }

const nameOf = (metadata: Json): string => {
  const { client_name: name } = (metadata ?? {}) as { client_name?: unknown }
  return typeof name === 'string' ? name : ''
}

const compareIds = (a: ClientView, b: ClientView): number => (a.clientId < b.clientId ? -1 : 1)

/** What admins do to apps; `by` says who, for the audit trail. */
export const createClientOperations = (deps: {
  clients: ClientsPort
  files: Pick<ClientRegistry, 'ofFiles'>
  management: ClientManagement
  checkSurroundings: CheckSurroundings
}) => {
  const { clients, files, management } = deps
  const lintClient = createLintClient(deps.checkSurroundings)

  const viewStored = ({ clientId, managedBy, state, version, metadata }: StoredClient): ClientView => ({
    clientId,
    name: nameOf(metadata),
    managedBy,
    version,
    metadata,
    state: state === 'active' ? 'active' : 'disabled',
  })
  const viewFiles = (): readonly ClientView[] =>
    files.ofFiles().map(client => ({
      clientId: client.client_id,
      name: client.client_name,
      managedBy: 'file',
      state: 'active',
      version: 0,
      metadata: client as unknown as Json,
    }))

  const find = async (clientId: string): Promise<ClientView | undefined> => {
    const ofFile = viewFiles().find(client => client.clientId === clientId)
    if (ofFile !== undefined) return ofFile
    const stored = await clients.find(clientId)
    // What only holds secrets of a file that is gone is no app.
    return stored === undefined || stored.state === 'removed' || stored.managedBy === 'file'
      ? undefined
      : viewStored(stored)
  }

  /** Whether it is changed here: what a file or `apply` says would come back. */
  const refusalOf = (client: ClientView | undefined): ClientRefusal | undefined => {
    if (client === undefined) return { kind: 'unknown' }
    return client.managedBy === 'file' || client.managedBy === 'apply' ? { kind: 'managed' } : undefined
  }

  const detail = async (view: ClientView): Promise<ClientDetail> => {
    const { warnings } = lintClient(view.metadata)
    const secrets = await management.listSecrets(view.clientId)
    return { ...view, secrets, warnings }
  }

  const changed = async (result: { kind: string; client?: StoredClient }): Promise<ClientDetail | ClientRefusal> => {
    if (result.client === undefined) return { kind: result.kind as ClientRefusal['kind'] }
    return detail(viewStored(result.client))
  }

  return {
    /**
     * A page in the order of ids, after the given one. `next` is where another begins; a page may have fewer apps than
     * `limit`, or none, and others after it.
     */
    list: async ({ prefix = '', after, limit }: ListQuery): Promise<{ clients: ClientView[]; next?: string }> => {
      const stored = await clients.page({ prefix, after, limit })
      // Rows that only hold secrets of files count here, since the store may have apps after them.
      const end = stored.length === limit ? stored.at(-1)?.clientId : undefined
      const isWithin = (id: string) => id.startsWith(prefix) && id > after && (end === undefined || id <= end)
      const ofFiles = viewFiles().filter(({ clientId }) => isWithin(clientId))
      const known = new Set(ofFiles.map(({ clientId }) => clientId))
      const others = stored.filter(({ clientId, managedBy }) => managedBy !== 'file' && !known.has(clientId))
      const all = [...ofFiles, ...others.map(viewStored)].sort(compareIds)
      const shown = all.slice(0, limit)
      const next = all.length > limit ? shown.at(-1)?.clientId : end
      return { clients: shown, ...(next !== undefined && { next }) }
    },

    show: async (clientId: string): Promise<ClientDetail | undefined> => {
      const view = await find(clientId)
      return view && detail(view)
    },

    /** Makes an app, from a preset and what is given; its secret is told here once. */
    create: async (input: {
      preset?: Preset
      metadata: { readonly [field: string]: Json }
      by: string
    }): Promise<{ client: ClientDetail; secret?: string } | ClientErrors | ClientRefusal> => {
      const given = withPreset(input.preset, input.metadata)
      const { errors } = lintClient(given)
      if (errors.length > 0) return { kind: 'wrong', errors }
      const metadata = clientMetadataSchema.parse(given)
      const made = await management.create({ metadata, given, managedBy: 'api', by: input.by })
      if (made.kind === 'taken') return made
      const client = await detail(viewStored(made.client))
      return { client, ...(made.secret !== undefined && { secret: made.secret }) }
    },

    /** Writes new metadata over a version; the id stays. */
    replace: async (input: {
      clientId: string
      version: number
      metadata: { readonly [field: string]: Json }
      by: string
    }): Promise<ClientDetail | ClientErrors | ClientRefusal> => {
      const { clientId, version, by } = input
      const refusal = refusalOf(await find(clientId))
      if (refusal !== undefined) return refusal
      const given = { ...input.metadata, client_id: clientId }
      const { errors } = lintClient(given)
      if (errors.length > 0) return { kind: 'wrong', errors }
      return changed(await management.replace({ clientId, version, given, by }))
    },

    /** Lets nobody in by this app, or lets people in again. */
    setState: async (input: {
      clientId: string
      version: number
      state: 'active' | 'disabled'
      by: string
    }): Promise<ClientDetail | ClientRefusal> => {
      const refusal = refusalOf(await find(input.clientId))
      return refusal ?? changed(await management.setState(input))
    },

    /** Makes a second secret, told here once. */
    addSecret: async (input: {
      clientId: string
      expiresAt?: number
      by: string
    }): Promise<{ secret: string; id: string } | ClientRefusal> => {
      const added = await management.addSecret(input)
      return added.kind === 'added' ? { secret: added.secret, id: added.stored.id } : { kind: added.kind }
    },

    removeSecret: management.removeSecret,
    lint: lintClient,
  }
}

/** What admins do to apps. */
export type ClientOperations = ReturnType<typeof createClientOperations>
