import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import type { ServiceLine } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { FEED_SCOPE } from './admin-client.ts'
import type { FeedCaller } from './api/route.ts'

/** Who may change customer records of which service lines, as configured. */
export type Feed = { readonly client: string; readonly serviceLines: readonly ServiceLine[] }

type FeedClient = Pick<ClientMetadata, 'token_endpoint_auth_method' | 'grant_types' | 'scope'>

/**
 * What keeps a client from being a feed. It must stand in a file and prove itself by a key that the file has or names:
 * clients of the store, and secrets of any client, are made by admins who may not write records.
 */
const problemOf = (client: FeedClient | undefined): string | undefined => {
  if (client === undefined) return 'stands in no client file'
  if (client.token_endpoint_auth_method !== 'private_key_jwt') return 'must use private_key_jwt'
  if (!client.grant_types.includes('client_credentials')) return 'must use client_credentials'
  return `${client.scope ?? ''}`.split(' ').includes(FEED_SCOPE) ? undefined : `must have the scope ${FEED_SCOPE}`
}

/**
 * Finds the feed that a client is. Its file is looked at each time, so that a client whose file is gone is none any more
 * with the next request.
 * @param deps.findFile the client of this id that stands in a file
 * @throws PiasError `config.invalid` when a client of a feed is not fit for it at the start
 * @see docs/decisions/0093-live-feed.md
 */
export const createFindFeed = (deps: {
  feeds: readonly Feed[]
  findFile: (clientId: string) => FeedClient | undefined
}): ((clientId: string) => FeedCaller | undefined) => {
  const { feeds, findFile } = deps
  const problems = feeds.flatMap(({ client }) => {
    const found = problemOf(findFile(client))
    return found === undefined ? [] : [`admin.feeds: ${client}: ${found}`]
  })
  if (problems.length > 0) throw new PiasError('config.invalid', problems.join('; '))

  return clientId => {
    const feed = feeds.find(({ client }) => client === clientId)
    return feed && problemOf(findFile(clientId)) === undefined
      ? { clientId, serviceLines: feed.serviceLines }
      : undefined
  }
}
