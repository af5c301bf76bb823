import { isDeepStrictEqual } from 'node:util'
import type { ClientFile } from '#src/clients/client-file.ts'
import { usesSecret } from '#src/clients/client-metadata.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { ClientSecret, ClientsPort, StoredClient } from '#src/store/ports/clients.ts'

type Fields = { readonly [field: string]: Json }

/** An app as a file of many describes it: what is kept of it, and what it was read to. */
export type WantedClient = { readonly given: Fields; readonly file: ClientFile }

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
  /** What is written; the version says over what. */
  readonly write?: StoredClient
}

const SECRET_FIELDS = new Set(['client_secret', 'pias_secret_file', 'pias_secret_hashes'])

/** What is kept of an app in a file: all but its secrets. */
export const withoutSecrets = (entry: Fields): Fields =>
  Object.fromEntries(Object.entries(entry).filter(([field]) => !SECRET_FIELDS.has(field)))

const isManaged = ({ managedBy }: StoredClient): boolean => managedBy === 'apply'

const hashesOf = (secrets: readonly { hash: string }[]): readonly string[] => secrets.map(({ hash }) => hash).sort()

const ID_BEGIN = 7
const ID_END = 15

const toSecrets = (wanted: WantedClient, before: StoredClient | undefined, now: number): readonly ClientSecret[] => {
  // Without a reference, what PIAS made stays.
  if (wanted.file.secrets.length === 0) return before?.secrets ?? []
  const known = new Map(before?.secrets.map(secret => [secret.hash, secret]))
  return wanted.file.secrets.map(
    ({ hash }) => known.get(hash) ?? { id: `apply-${hash.slice(ID_BEGIN, ID_END)}`, hash, createdAt: now },
  )
}

const diffFields = (before: Fields, after: Fields): readonly FieldDiff[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap(field => {
    const [from, to] = [before[field], after[field]]
    if (isDeepStrictEqual(from, to)) return []
    return [{ field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }]
  })

const planOne = (wanted: WantedClient, before: StoredClient | undefined, now: number): PlannedClient | undefined => {
  const clientId = wanted.file.client.client_id
  if (before?.state === 'removed') {
    return { clientId, act: 'wrong', diff: [], problem: 'was an app that was removed: choose another client_id' }
  }
  const secrets = toSecrets(wanted, before, now)
  if (usesSecret(wanted.file.client) && secrets.length === 0) {
    const problem = 'needs a secret: name a file with pias_secret_file, or give pias_secret_hashes'
    return { clientId, act: 'wrong', diff: [], problem }
  }
  const from =
    before === undefined ? {} : { ...(before.metadata as Fields), state: before.state, managedBy: before.managedBy }
  const to = { ...wanted.given, state: 'active', managedBy: 'apply' }
  const isSame = isDeepStrictEqual(hashesOf(before?.secrets ?? []), hashesOf(secrets))
  const diff = [
    ...diffFields(from, to),
    ...(isSame ? [] : [{ field: 'secrets', to: `${secrets.length} by reference` }]),
  ]
  if (diff.length === 0) return undefined
  const write: StoredClient = {
    clientId,
    version: (before?.version ?? 0) + 1,
    state: 'active',
    managedBy: 'apply',
    metadata: wanted.given,
    ...(before?.owner !== undefined && { owner: before.owner }),
    secrets,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  return { clientId, act: before === undefined ? 'create' : 'update', diff, write }
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
  /** Whether an app stands in a file of its own, which counts more. */
  isFile: (clientId: string) => boolean
  clock: () => number
}) => {
  const { clients, isFile, clock } = deps

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
    all,

    /** What would change; nothing is written. @param options.prune removes what an earlier file had */
    plan: async (wanted: readonly WantedClient[], { prune }: { prune: boolean }): Promise<readonly PlannedClient[]> => {
      const now = clock()
      const ids = new Set(wanted.map(({ file }) => file.client.client_id))
      const planned = await Promise.all(
        wanted.map(async (one): Promise<PlannedClient | undefined> => {
          const clientId = one.file.client.client_id
          if (isFile(clientId))
            return { clientId, act: 'wrong', diff: [], problem: 'stands in a client file, which counts' }
          return planOne(one, await clients.find(clientId), now)
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
        const data = { by, version: write.version, managedBy: 'apply' }
        if (!(await clients.put(write, [{ at: clock(), type, clientId, data }]))) stale.push(clientId)
      }
      return stale
    },
  }
}
