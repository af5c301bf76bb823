import type { ClientRegistry } from './client-registry.ts'

/** Which upstreams may log people in for a relying party. */
export type UpstreamPolicy = {
  /** Where a login goes: to the upstream the app hints at where that is allowed, else to the client's first. */
  choose(clientId: string, hint?: string): string
  isAllowed(clientId: string, upstream: string): boolean
}

/**
 * The policy of the client files' `pias_upstreams`. A client without it has the first configured upstream and no other,
 * so that adding an upstream changes no app.
 * @param deps.upstreams ids of the configured upstreams, in the order of the configuration
 */
export const openUpstreamPolicy = (deps: {
  clients: Pick<ClientRegistry, 'find'>
  upstreams: readonly string[]
}): UpstreamPolicy => {
  const { clients, upstreams } = deps
  const configured = new Set(upstreams)
  const allowedOf = (clientId: string): readonly string[] =>
    clients.find(clientId)?.pias_upstreams ?? upstreams.slice(0, 1)

  const isAllowed: UpstreamPolicy['isAllowed'] = (clientId, upstream) =>
    configured.has(upstream) && allowedOf(clientId).includes(upstream)

  return {
    isAllowed,
    choose: (clientId, hint) =>
      hint !== undefined && isAllowed(clientId, hint) ? hint : (allowedOf(clientId)[0] ?? ''),
  }
}
