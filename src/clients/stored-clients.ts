import { inputWords } from '#src/kernel/input-words.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { ClientChange, ClientSecret, ClientsPort } from '#src/store/ports/clients.ts'
import { type ClientMetadata, clientMetadataSchema } from './client-metadata.ts'

/** How old what a node knows of the store may be, in milliseconds. */
const REFRESH_MS = 1000
/** Clients read at once: so many are checked in a few milliseconds, between which requests are answered. */
const PAGE = 500

/** One client as it was at a change; without `client` it is disabled, removed, in a file, or not as it should be. */
type Entry = {
  readonly change: number
  readonly client?: ClientMetadata
  readonly secrets: readonly ClientSecret[]
}

/** The clients of the store as a node knows them. */
type StoredClients = {
  find(clientId: string): ClientMetadata | undefined
  all(): readonly ClientMetadata[]
  secretsOf(clientId: string): readonly ClientSecret[]
  /** Takes over what was changed, unless that was done within the last second or `now` insists. @returns whether it did */
  refresh(options?: { now: boolean }): Promise<boolean>
}

/**
 * Holds all clients of the store in memory, and follows their changes: looking whether there are any is one read of an
 * index a second and node, whatever the number of logins. When the store is away, what is known goes on to count.
 */
export const openStoredClients = async (deps: {
  clients: Pick<ClientsPort, 'changed'>
  clock: Clock
  logger: Logger
}): Promise<StoredClients> => {
  const { clients, clock, logger } = deps
  const entries = new Map<string, Entry>()
  let last = 0
  let readAt = clock()
  let reading: Promise<unknown> = Promise.resolve()

  const metadataOf = ({ client }: ClientChange): { client?: ClientMetadata } => {
    if (client.state !== 'active' || client.managedBy === 'file') return {}
    const parsed = clientMetadataSchema.safeParse(client.metadata, { error: inputWords })
    if (parsed.success) return { client: parsed.data }
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    logger.error({ client: client.clientId, problems }, 'a stored client is not as it should be, and is left out')
    return {}
  }

  const take = (changed: ClientChange): void => {
    const { change, client } = changed
    last = Math.max(last, change)
    // Two may read at once, and the slower of them an older version.
    if ((entries.get(client.clientId)?.change ?? 0) >= change) return
    const secrets = client.state === 'active' ? client.secrets : []
    entries.set(client.clientId, { change, secrets, ...metadataOf(changed) })
  }

  const catchUp = async (): Promise<boolean> => {
    const before = last
    for (;;) {
      const page = await clients.changed({ after: last, limit: PAGE })
      for (const changed of page) take(changed)
      if (page.length < PAGE) return last > before
    }
  }
  await catchUp()

  const catchUpIfPossible = (): Promise<boolean> =>
    catchUp().catch(error => {
      logger.warn({ event: 'clients_not_refreshed', code: (error as { code?: unknown }).code }, 'clients stay as known')
      return false
    })

  return {
    find: id => entries.get(id)?.client,
    all: () => [...entries.values()].flatMap(({ client }) => client ?? []),
    secretsOf: id => entries.get(id)?.secrets ?? [],
    refresh: async ({ now = false } = { now: false }) => {
      const at = clock()
      if (now || at - readAt >= REFRESH_MS) {
        readAt = at
        const read = catchUpIfPossible()
        reading = read
        return read
      }
      await reading
      return false
    },
  }
}
