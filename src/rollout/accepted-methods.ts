import type { RolloutPolicy } from './policy.ts'

/** How somebody logs in without an upstream, as `amr` tells it (RFC 8176). */
export const PASSWORD_AMR = ['pwd'] as const
const PASSKEY_AMR = ['hwk', 'swk', 'user'] as const

const within = (methods: readonly string[], known: readonly string[]): boolean =>
  methods.length > 0 && methods.every(method => known.includes(method))

/** Whether an app accepts a session that came about without an upstream: as long as it lets people log in like that. */
const acceptsOwnMethods = ({ password, passkey }: RolloutPolicy, methods: readonly string[]): boolean =>
  (within(methods, PASSWORD_AMR) && (password === 'allow' || password === 'nudge')) ||
  (within(methods, PASSKEY_AMR) && passkey === 'allow')

/** Whether an app accepts a session that came about by these methods (`amr`): one of its upstreams, or one of our own. */
export type AcceptsMethods = (clientId: string, methods: readonly string[]) => Promise<boolean>

/** @returns an {@link AcceptsMethods}, which throws what `policyOf` throws */
export const createAcceptsMethods =
  (deps: {
    isUpstreamOf: (clientId: string, upstream: string) => boolean
    policyOf: (clientId: string) => Promise<RolloutPolicy>
  }): AcceptsMethods =>
  async (clientId, methods) =>
    methods.some(method => deps.isUpstreamOf(clientId, method)) ||
    acceptsOwnMethods(await deps.policyOf(clientId), methods)
