import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { type ApiMetadata, apiMetadataSchema } from './api-metadata.ts'
import { duplicates, type FileRegistry, openFileRegistry } from './file-registry.ts'

/** The APIs that tokens are issued for, by audience. */
export type ApiRegistry = FileRegistry<ApiMetadata>

/** A scope belongs to one API, so that what a person agreed to can be said in scopes. */
const problemsOf = (apis: readonly ApiMetadata[]): string[] => [
  ...duplicates(apis.map(({ audience }) => audience)).map(audience => `audience: "${audience}" stands in two files`),
  ...duplicates(apis.flatMap(({ scopes }) => scopes.map(({ name }) => name))).map(
    name => `scopes: "${name}" stands in two files`,
  ),
]

/**
 * Opens the registry over a folder of API files; without a folder there are none.
 * @throws PiasError `config.invalid` when a file is wrong at the start; `config.unreadable` when the folder cannot be read
 */
export const openApiRegistry = (deps: { dir: string | undefined; clock: Clock; logger: Logger }): ApiRegistry => {
  const { dir, clock, logger } = deps
  if (dir === undefined) return { find: () => undefined, all: () => [] }
  return openFileRegistry({
    dir,
    clock,
    logger,
    kind: 'api',
    schema: apiMetadataSchema,
    idOf: ({ audience }) => audience,
    check: problemsOf,
  })
}
