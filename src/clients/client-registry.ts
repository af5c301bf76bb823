import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { ClientSecret, ClientsPort } from '#src/store/ports/clients.ts'
import { type ClientFile, createClientFileSchema } from './client-file.ts'
import { type ClientMetadata, usesSecret } from './client-metadata.ts'
import { duplicates, type FileRegistry, openFileRegistry } from './file-registry.ts'
import { openStoredClients } from './stored-clients.ts'

/** A secret as it is compared. */
export type KnownSecret = Pick<ClientSecret, 'id' | 'hash' | 'expiresAt'>

/** The relying parties PIAS knows: those of files, and those of the store. */
export type ClientRegistry = {
  find(clientId: string): ClientMetadata | undefined
  all(): readonly ClientMetadata[]
  /** Those of files alone: the apps of this installation, which did not register themselves. */
  ofFiles(): readonly ClientMetadata[]
  /** The secrets of a client, whether they stand in its file or in the store. */
  secretsOf(clientId: string): readonly KnownSecret[]
  /** Takes over what other nodes wrote, unless that was done within the last second or `now` insists. Never rejects. */
  refresh(options?: { now: boolean }): Promise<void>
}

/**
 * Opens the clients that stand in files.
 * @throws PiasError `config.invalid` when a file is wrong at the start, or two have one client; `config.unreadable` when
 *   the folder cannot be read
 */
export const openClientFiles = (deps: {
  dir: string
  environment: 'development' | 'production'
  clock: Clock
  logger: Logger
}): FileRegistry<ClientFile> =>
  openFileRegistry({
    ...deps,
    kind: 'client',
    schema: createClientFileSchema(deps.environment),
    idOf: ({ client }) => client.client_id,
    check: files => {
      const twice = duplicates(files.map(({ client }) => client.client_id))
      return twice.map(id => `client_id: "${id}" stands in two files`)
    },
  })

/**
 * Opens the registry over the files and the store. A file wins over a stored client of the same id, and the log says so.
 * What is written in the store counts within a second on every node (ADR 0045).
 * @throws PiasError `config.invalid` when a client of a file needs a secret and none is there; what the store throws
 */
export const openClientRegistry = async (deps: {
  files: FileRegistry<ClientFile>
  clients: Pick<ClientsPort, 'changed'>
  clock: Clock
  logger: Logger
}): Promise<ClientRegistry> => {
  const { files, logger } = deps
  const stored = await openStoredClients(deps)
  const told = new Set<string>()

  const tellClashes = (): void => {
    for (const { client } of files.all()) {
      const id = client.client_id
      if (stored.find(id) === undefined || told.has(id)) continue
      told.add(id)
      logger.error({ event: 'client_clash', client: id }, 'a client stands in a file and in the store; its file counts')
    }
  }
  tellClashes()

  const secretsOf = (id: string): readonly KnownSecret[] => [
    ...(files.find(id)?.secrets ?? []),
    ...stored.secretsOf(id),
  ]
  const without = files.all().flatMap(({ client }) => {
    const lacks = usesSecret(client) && secretsOf(client.client_id).length === 0
    const remedy = `give client_secret or pias_secret_file, or run "pias clients secret add ${client.client_id}"`
    return lacks
      ? [`${client.client_id}: client_secret: is needed by ${client.token_endpoint_auth_method}: ${remedy}`]
      : []
  })
  if (without.length > 0) throw new PiasError('config.invalid', without.join('; '))

  const ofFiles = () => files.all().map(({ client }) => client)
  return {
    find: id => files.find(id)?.client ?? stored.find(id),
    all: () => [...ofFiles(), ...stored.all().filter(({ client_id: id }) => files.find(id) === undefined)],
    ofFiles,
    secretsOf,
    refresh: async options => {
      if (await stored.refresh(options)) tellClashes()
    },
  }
}
