import type { ApiMetadata } from './api-metadata.ts'
import type { ClientMetadata } from './client-metadata.ts'

/**
 * The format of a client's access tokens for an API: as the API says, or opaque where the client's metadata say so
 * (`pias_access_token_format`). A client cannot make them JSON web tokens, which an API of opaque ones could not end at
 * once (ADR 0099).
 */
export const accessTokenFormatOf = (
  client: object | undefined,
  api: Pick<ApiMetadata, 'access_token_format'>,
): ApiMetadata['access_token_format'] => {
  // The library hands clients on as it was given them: they passed the schema.
  const { pias_access_token_format: own } = (client ?? {}) as Pick<ClientMetadata, 'pias_access_token_format'>
  return own ?? api.access_token_format
}

/** What a client says that its APIs cannot follow: one that may not introspect could make nothing of its tokens. */
export const unreadableFormats = (
  { pias_access_token_format: own, scope }: Partial<Pick<ClientMetadata, 'pias_access_token_format' | 'scope'>>,
  apis: readonly ApiMetadata[],
) => {
  if (own === undefined) return []
  const allowed = new Set(scope?.split(' '))
  return apis
    .filter(({ clients, scopes }) => clients.length === 0 && scopes.some(({ name }) => allowed.has(name)))
    .map(({ audience }) => ({
      field: 'pias_access_token_format',
      message: `needs an API that introspects, and ${audience} names no clients that may`,
    }))
}
