import { PiasError } from '#src/kernel/errors.ts'
import { unreadableFormats } from './access-token-format.ts'
import type { ApiMetadata } from './api-metadata.ts'
import { type TokenLifetimes, tooLongLifetimes } from './client-lifetimes.ts'
import type { ClientMetadata } from './client-metadata.ts'

/** What is wrong with a field of a client. */
export type ClientProblem = { readonly field: string; readonly message: string }

/**
 * Finds an image by the name of its file, as an address that a page may show, or what is wrong with it: structurally that
 * of `pages/images.ts`.
 */
export type FindImage = (file: string) => { readonly url: string } | { readonly problem: string }

/** Holds a client, or those of its fields that are right, to what its schema cannot see: what it names must be there. */
export type CheckSurroundings = (
  client: Partial<
    Pick<ClientMetadata, 'pias_upstreams' | 'pias_logo' | 'pias_lifetimes' | 'pias_access_token_format' | 'scope'>
  >,
) => readonly ClientProblem[]

/**
 * @param deps.upstreams ids of the configured upstreams
 * @param deps.lifetimes of all apps' tokens, in seconds
 * @param deps.apis those that there are now
 */
export const createCheckSurroundings = (deps: {
  upstreams: readonly string[]
  findImage: FindImage
  lifetimes: TokenLifetimes
  apis: () => readonly ApiMetadata[]
}): CheckSurroundings => {
  const configured = new Set(deps.upstreams)
  return client => {
    const { pias_upstreams: upstreams = [], pias_logo: logo, pias_lifetimes: lifetimes } = client
    const unknown = upstreams.filter(id => !configured.has(id))
    const image = logo === undefined ? undefined : deps.findImage(logo)
    return [
      ...unknown.map(id => ({ field: 'pias_upstreams', message: `no upstream "${id}" is configured` })),
      ...(image !== undefined && 'problem' in image ? [{ field: 'pias_logo', message: image.problem }] : []),
      ...tooLongLifetimes(lifetimes, deps.lifetimes),
      ...unreadableFormats(client, deps.apis()),
    ]
  }
}

/**
 * Holds the clients of files to it when a node starts. One that comes to be wrong later has its logins end in "not
 * available", which names the upstream in the log, and is shown by its name alone.
 * @throws PiasError `config.invalid` naming every problem
 */
export const requireSurroundings = (clients: readonly ClientMetadata[], check: CheckSurroundings): void => {
  const problems = clients.flatMap(client =>
    check(client).map(({ field, message }) => `${client.client_id}: ${field}: ${message}`),
  )
  if (problems.length > 0) throw new PiasError('config.invalid', problems.join('; '))
}
