import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { RolloutsPort, StoredRollout } from '#src/store/ports/rollouts.ts'
import { NO_POLICY, type RolloutPolicy, type RolloutPolicyInput, rolloutPolicySchema } from './policy.ts'

/** Who changes a policy, and why; both go into the audit trail. */
export type Change = {
  readonly clientId: string
  readonly by: string
  readonly reason: string
  /** The version that was in force when whoever changes it looked; 0 where none was stored. */
  readonly seen: number
}

/** The version that is in force now, or `overtaken`: somebody else has changed it since it was seen. */
export type Changed = { readonly kind: 'changed'; readonly version: number } | { readonly kind: 'overtaken' }

export type Rollouts = {
  /** The policy in force: the stored one, else that of the client's file, else none. Read anew each time. */
  policyOf(clientId: string): Promise<RolloutPolicy>
  set(change: Change & { readonly policy: RolloutPolicyInput }): Promise<Changed>
  /** Puts the version before the one in force in force again. */
  revert(change: Change): Promise<Changed | { readonly kind: 'nothing' }>
  /** What {@link Rollouts.revert} would put in force; undefined where nothing is stored. `stored`: not that of the file, or none. */
  before(clientId: string): Promise<{ readonly policy: RolloutPolicy; readonly stored: boolean } | undefined>
  /** Whether the client's file has a policy. */
  hasFile(clientId: string): boolean
  /** The newest first; a policy of null is that of the client's file. */
  history(clientId: string, limit: number): Promise<readonly StoredRollout[]>
}

/** What the audit trail holds of a policy: who is on a list is not told, but how many. */
const toAuditData = (policy: Json): Json => {
  if (policy === null) return null
  const { registration, existing, ...rest } = policy as unknown as RolloutPolicy
  const counted = ({ allow, ...rule }: RolloutPolicy['existing']) => ({ ...rule, allow: allow.length })
  return { ...rest, registration: counted(registration), existing: counted(existing) } as unknown as Json
}

/**
 * The rollout policies of all apps: what their files say, overridden by what is stored. A change holds from the next
 * request on, on every node, for nothing is kept in between.
 * @param deps.policyOfFile what the client's file says (`pias_rollout`)
 */
export const createRollouts = (deps: {
  rollouts: RolloutsPort
  policyOfFile: (clientId: string) => RolloutPolicy | undefined
  clock: Clock
}): Rollouts => {
  const { rollouts, policyOfFile, clock } = deps

  const put = async ({ clientId, by, reason, seen }: Change, type: string, policy: Json): Promise<Changed> => {
    const version = seen + 1
    const at = clock()
    const data = { version, by, reason, policy: toAuditData(policy) }
    const won = await rollouts.put({ clientId, version, policy, at, by, reason }, [{ at, type, clientId, data }])
    return won ? { kind: 'changed', version } : { kind: 'overtaken' }
  }

  /** A policy as it is stored; null is that of the client's file. */
  const read = (clientId: string, policy: Json): RolloutPolicy => {
    if (policy === null) return policyOfFile(clientId) ?? NO_POLICY
    const parsed = rolloutPolicySchema.safeParse(policy)
    // No login by a policy that nobody understands: it may be there to keep people out.
    if (!parsed.success) throw new PiasError('server.failed', `the stored rollout of ${clientId} does not hold`)
    return parsed.data
  }

  return {
    policyOf: async clientId => {
      return read(clientId, (await rollouts.current(clientId))?.policy ?? null)
    },

    before: async clientId => {
      const [current, before] = await rollouts.history(clientId, 2)
      if (current === undefined) return undefined
      const policy = before?.policy ?? null
      return { policy: read(clientId, policy), stored: policy !== null }
    },

    hasFile: clientId => policyOfFile(clientId) !== undefined,

    set: async ({ policy, ...change }) => {
      const current = await rollouts.current(change.clientId)
      if ((current?.version ?? 0) !== change.seen) return { kind: 'overtaken' }
      return put(change, 'rollout.changed', rolloutPolicySchema.parse(policy) as unknown as Json)
    },

    revert: async change => {
      const [current, before] = await rollouts.history(change.clientId, 2)
      if ((current?.version ?? 0) !== change.seen) return { kind: 'overtaken' }
      if (current === undefined) return { kind: 'nothing' }
      return put(change, 'rollout.reverted', before?.policy ?? null)
    },

    history: rollouts.history,
  }
}
