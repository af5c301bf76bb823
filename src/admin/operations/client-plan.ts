import { isDeepStrictEqual } from 'node:util'
import { usesSecret } from '#src/clients/client-metadata.ts'
import { isLive } from '#src/clients/client-secrets.ts'
import type { Json } from '#src/kernel/runtime.ts'
import { rolloutPolicySchema } from '#src/rollout/policy.ts'
import type { ClientSecret, ClientsPort, StoredClient } from '#src/store/ports/clients.ts'
import type { RolloutsPort } from '#src/store/ports/rollouts.ts'
import { toPlanEntry } from './client-export.ts'
import type { Fields, WantedClient } from './plan-entry.ts'

/** A field that changes; absent on the side where it is not said. */
export type FieldDiff = { readonly field: string; readonly from?: Json; readonly to?: Json }

/**
 * What `apply` would do to one app. `left` are apps that an earlier file had, `unmanaged` those that others registered: both
 * stay as they are. `wrong` cannot be done.
 */
export type PlannedClient = {
  readonly clientId: string
  readonly act: 'create' | 'update' | 'remove' | 'left' | 'unmanaged' | 'wrong'
  readonly diff: readonly FieldDiff[]
  readonly problem?: string
  /** What the change does not do. */
  readonly note?: string
  /** What is written; the version says over what. */
  readonly write?: StoredClient
}

const isManaged = ({ managedBy }: StoredClient): boolean => managedBy === 'apply'

/** What makes secrets the same: which they are, and until when they are good. */
const endsOf = (secrets: readonly { hash: string; expiresAt?: number }[]): readonly string[] =>
  secrets.map(({ hash, expiresAt }) => `${hash} ${expiresAt ?? ''}`).sort()

/** What the store has of an app: itself, and the rollout policy that was put in force over its metadata. */
type Stored = { readonly client: StoredClient | undefined; readonly policy: Json | undefined }

const ID_BEGIN = 7
const ID_END = 15

const toSecrets = (wanted: WantedClient, before: StoredClient | undefined, now: number): readonly ClientSecret[] => {
  // Without a reference, what PIAS made stays.
  if (wanted.file.secrets.length === 0 && !wanted.noSecret) return before?.secrets ?? []
  const known = new Map(before?.secrets.map(secret => [secret.hash, secret]))
  const secrets = wanted.file.secrets.map(({ hash, expiresAt }): ClientSecret => {
    const one = known.get(hash) ?? { id: `apply-${hash.slice(ID_BEGIN, ID_END)}`, hash, createdAt: now }
    // A file that names no end takes none away: what was to expire would work for ever.
    return { ...one, ...(expiresAt !== undefined && { expiresAt }) }
  })
  return secrets.filter(secret => isLive(secret, now))
}

/**
 * The metadata that are to be kept. Where a file says of the rollout what a stored policy says, as an export does, nothing
 * is to be done about it.
 */
const toMetadata = (wanted: WantedClient, stored: Stored): Fields => {
  const { pias_rollout, ...others } = wanted.given
  if (pias_rollout === undefined || !isPolicy(stored.policy, wanted)) return wanted.given
  const { pias_rollout: before } = (stored.client?.metadata ?? {}) as Fields
  return { ...others, ...(before !== undefined && { pias_rollout: before }) }
}

const isPolicy = (policy: Json | undefined, { file: { client } }: WantedClient): boolean => {
  const parsed = rolloutPolicySchema.safeParse(policy)
  return parsed.success && isDeepStrictEqual(parsed.data, client.pias_rollout)
}

const liveOf = (client: Pick<StoredClient, 'secrets'> | undefined, now: number): readonly ClientSecret[] =>
  (client?.secrets ?? []).filter(secret => isLive(secret, now))

const diffFields = (before: Fields, after: Fields): readonly FieldDiff[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap(field => {
    const [from, to] = [before[field], after[field]]
    if (isDeepStrictEqual(from, to)) return []
    return [{ field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }]
  })

const ROLLOUT_NOTE = 'a stored rollout policy is in force; what the file says counts once it is reverted'

const planOne = (wanted: WantedClient, stored: Stored, now: number): PlannedClient | undefined => {
  const { client: before } = stored
  const { state, managedBy } = wanted
  const clientId = wanted.file.client.client_id
  if (before?.state === 'removed') {
    return { clientId, act: 'wrong', diff: [], problem: 'was an app that was removed: choose another client_id' }
  }
  const secrets = toSecrets(wanted, before, now)
  if (usesSecret(wanted.file.client) && secrets.length === 0 && !wanted.noSecret) {
    const problem = 'needs a secret that has not expired: name a file with pias_secret_file, or give pias_secret_hashes'
    return { clientId, act: 'wrong', diff: [], problem }
  }
  const from =
    before === undefined ? {} : { ...(before.metadata as Fields), state: before.state, managedBy: before.managedBy }
  const metadata = toMetadata(wanted, stored)
  const to = { ...metadata, state, managedBy }
  const isSame = isDeepStrictEqual(endsOf(liveOf(before, now)), endsOf(liveOf({ secrets }, now)))
  const diff = [
    ...diffFields(from, to),
    ...(isSame ? [] : [{ field: 'secrets', to: `${secrets.length} by reference` }]),
  ]
  if (diff.length === 0) return undefined
  const write: StoredClient = {
    clientId,
    version: (before?.version ?? 0) + 1,
    state,
    managedBy,
    metadata,
    ...(before?.owner !== undefined && { owner: before.owner }),
    secrets,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  const isOverruled = stored.policy !== undefined && diff.some(({ field }) => field === 'pias_rollout')
  const note = isOverruled ? { note: ROLLOUT_NOTE } : {}
  return { clientId, act: before === undefined ? 'create' : 'update', diff, ...note, write }
}

const planOthers = (stored: readonly StoredClient[], prune: boolean, now: number): readonly PlannedClient[] =>
  stored.map(client => {
    const { clientId, version } = client
    if (!isManaged(client)) return { clientId, act: 'unmanaged', diff: [] }
    if (!prune) return { clientId, act: 'left', diff: [] }
    const write = { ...client, version: version + 1, state: 'removed' as const, secrets: [], updatedAt: now }
    return { clientId, act: 'remove', diff: [{ field: 'state', from: client.state, to: 'removed' }], write }
  })

/** Whether anything would be written. */
export const hasChanges = (plan: readonly PlannedClient[]): boolean => plan.some(({ write }) => write !== undefined)

const PAGE = 500

/** Plans and does what a file of apps says. */
export const createClientPlans = (deps: {
  clients: ClientsPort
  rollouts: Pick<RolloutsPort, 'current'>
  /** Whether an app stands in a file of its own, which counts more. */
  isFile: (clientId: string) => boolean
  clock: () => number
}) => {
  const { clients, rollouts, isFile, clock } = deps

  /** The policy that is stored; undefined where the metadata of the app say it. */
  const policyOf = async (clientId: string): Promise<Json | undefined> =>
    (await rollouts.current(clientId))?.policy ?? undefined

  /** All apps of the store but those that only hold secrets of files. */
  const all = async (): Promise<readonly StoredClient[]> => {
    const found: StoredClient[] = []
    for (let after = ''; ; ) {
      const page = await clients.page({ after, limit: PAGE })
      found.push(...page)
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return found.filter(({ managedBy }) => managedBy !== 'file')
      after = last.clientId
    }
  }

  return {
    /** The apps of the store as entries of a file, and the ids of those that are left out, as a client file has them. */
    export: async (): Promise<{ entries: readonly Fields[]; left: readonly string[] }> => {
      const now = clock()
      const kept = await all()
      const entries: Fields[] = []
      for (const client of kept.filter(({ clientId }) => !isFile(clientId))) {
        entries.push(toPlanEntry(client, { policy: await policyOf(client.clientId), now }))
      }
      return { entries, left: kept.map(({ clientId }) => clientId).filter(isFile) }
    },

    /** What would change; nothing is written. @param options.prune removes what an earlier file had */
    plan: async (wanted: readonly WantedClient[], { prune }: { prune: boolean }): Promise<readonly PlannedClient[]> => {
      const now = clock()
      const ids = new Set(wanted.map(({ file }) => file.client.client_id))
      const planned = await Promise.all(
        wanted.map(async (one): Promise<PlannedClient | undefined> => {
          const clientId = one.file.client.client_id
          if (isFile(clientId))
            return { clientId, act: 'wrong', diff: [], problem: 'stands in a client file, which counts' }
          const [client, policy] = await Promise.all([clients.find(clientId), policyOf(clientId)])
          return planOne(one, { client, policy }, now)
        }),
      )
      const others = (await all()).filter(({ clientId }) => !ids.has(clientId))
      return [...planned.filter(one => one !== undefined), ...planOthers(others, prune, now)]
    },

    /** Does what was planned. @returns the ids of apps that were changed by others since */
    apply: async (plan: readonly PlannedClient[], by: string): Promise<readonly string[]> => {
      const stale: string[] = []
      for (const { clientId, act, write } of plan) {
        if (write === undefined) continue
        const type = { create: 'client.created', remove: 'client.removed' }[act as string] ?? 'client.changed'
        const { version, managedBy, state } = write
        const data = { by, version, managedBy, state }
        if (!(await clients.put(write, [{ at: clock(), type, clientId, data }]))) stale.push(clientId)
      }
      return stale
    },
  }
}
