import type { Json } from '#src/kernel/runtime.ts'
import {
  type ClientManager,
  type ClientSecret,
  type ClientsPort,
  firstEndOf,
  SECRET_USE_GRAIN_MS,
  type StoredClient,
} from '#src/store/ports/clients.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'

type Row = {
  client_id: string
  version: number
  change: number
  state: StoredClient['state']
  managed_by: ClientManager
  owner: string | null
  metadata: string
  secrets: string
  created_at: number
  updated_at: number
}

const COLUMNS = 'client_id, version, change, state, managed_by, owner, metadata, secrets, created_at, updated_at'

const toClient = (row: Row): StoredClient => ({
  clientId: row.client_id,
  version: row.version,
  state: row.state,
  managedBy: row.managed_by,
  ...(row.owner !== null && { owner: row.owner }),
  metadata: JSON.parse(row.metadata) as Json,
  secrets: JSON.parse(row.secrets) as ClientSecret[],
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const preparePut = (db: Database): ClientsPort['put'] => {
  const append = prepareAppend(db)
  const versionOf = db.prepare<{ version: number }>('SELECT version FROM clients WHERE client_id = ?')
  const write = db.prepare(
    `INSERT OR REPLACE INTO clients (${COLUMNS}, secrets_end) VALUES
       (:clientId, :version, (SELECT coalesce(max(change), 0) + 1 FROM clients), :state, :managedBy, :owner,
        :metadata, :secrets, :createdAt, :updatedAt, :secretsEnd)`,
  )
  return async ({ owner = null, metadata, secrets, ...client }, events) =>
    db.transaction(() => {
      if ((versionOf.get(client.clientId)?.version ?? 0) !== client.version - 1) return false
      const texts = { metadata: JSON.stringify(metadata), secrets: JSON.stringify(secrets) }
      write.run({ ...client, owner, ...texts, secretsEnd: firstEndOf({ ...client, secrets }) ?? null })
      append(events)
      return true
    })
}

/** Relying parties on SQLite. */
export const createClients = (db: Database): ClientsPort => {
  const select = db.prepare<Row>(`SELECT ${COLUMNS} FROM clients WHERE client_id = ?`)
  // Compared by its beginning: LIKE and GLOB have characters of their own.
  const page = db.prepare<Row>(
    `SELECT ${COLUMNS} FROM clients
     WHERE client_id > :after AND client_id >= :prefix AND substr(client_id, 1, length(:prefix)) = :prefix
       AND state <> 'removed'
     ORDER BY client_id LIMIT :limit`,
  )
  const changed = db.prepare<Row>(`SELECT ${COLUMNS} FROM clients WHERE change > ? ORDER BY change LIMIT ?`)
  const prepareEnding = (order: 'ASC' | 'DESC') =>
    db.prepare<Row>(
      `SELECT ${COLUMNS} FROM clients WHERE secrets_end >= :from AND secrets_end < :before
       ORDER BY secrets_end ${order} LIMIT :limit`,
    )
  const [ending, ended] = [prepareEnding('ASC'), prepareEnding('DESC')]
  const noteUse = db.prepare(
    `INSERT INTO client_secret_uses (client_id, secret_id, used_at) VALUES (:clientId, :secretId, :at)
     ON CONFLICT (client_id, secret_id) DO UPDATE SET used_at = :at WHERE used_at <= :at - ${SECRET_USE_GRAIN_MS}`,
  )
  const uses = db.prepare<{ secret_id: string; used_at: number }>(
    'SELECT secret_id, used_at FROM client_secret_uses WHERE client_id = ?',
  )

  return {
    find: async clientId => {
      const row = select.get(clientId)
      return row && toClient(row)
    },
    put: preparePut(db),
    page: async ({ prefix = '', after, limit }) => page.all({ prefix, after, limit }).map(toClient),
    changed: async ({ after, limit }) =>
      changed.all(after, limit).map(row => ({ change: row.change, client: toClient(row) })),
    ending: async ({ latestFirst = false, ...range }) => (latestFirst ? ended : ending).all(range).map(toClient),
    noteSecretUse: async ({ clientId, secretId, at }) => {
      noteUse.run({ clientId, secretId, at })
    },
    secretUses: async clientId => new Map(uses.all(clientId).map(use => [use.secret_id, use.used_at])),
  }
}
