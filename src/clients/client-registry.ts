import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { type ClientMetadata, clientMetadataSchema } from './client-metadata.ts'
import { duplicates, type FileRegistry, openFileRegistry } from './file-registry.ts'

/** The relying parties PIAS knows. */
export type ClientRegistry = FileRegistry<ClientMetadata>

/**
 * Opens the registry over a folder of client files.
 * @throws PiasError `config.invalid` when a file is wrong at the start, or two have one client; `config.unreadable` when
 *   the folder cannot be read
 */
export const openClientRegistry = (deps: { dir: string; clock: Clock; logger: Logger }): ClientRegistry =>
  openFileRegistry({
    ...deps,
    kind: 'client',
    schema: clientMetadataSchema,
    idOf: client => client.client_id,
    check: clients => {
      const twice = duplicates(clients.map(client => client.client_id))
      return twice.map(id => `client_id: "${id}" stands in two files`)
    },
  })
