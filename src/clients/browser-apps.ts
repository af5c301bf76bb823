import type { ClientMetadata } from './client-metadata.ts'
import { originProblem } from './redirect-uri.ts'

/** An app without a server: its pages call PIAS themselves. */
export const isBrowserApp = (
  client: Pick<ClientMetadata, 'grant_types' | 'application_type' | 'token_endpoint_auth_method'>,
): boolean =>
  client.grant_types.includes('authorization_code') &&
  client.application_type === 'web' &&
  client.token_endpoint_auth_method === 'none'

/** The origins of addresses, each once. What is wrong with an address is told of the address itself. */
export const originsOf = (uris: readonly string[]): readonly string[] => {
  const origins = uris.map(uri => URL.parse(uri)?.origin)
  return [...new Set(origins.filter(origin => origin !== undefined && originProblem(origin) === undefined))] as string[]
}
