import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CustomerSource } from '#src/customers/port.ts'
import { createCustomerFeed } from '#src/customers/snapshot/customer-feed.ts'
import { createRecordChanges } from '#src/customers/snapshot/record-changes.ts'
import { createSnapshotSource } from '#src/customers/snapshot/snapshot-source.ts'
import type { CustomerRecord } from '#src/kernel/customer.ts'
import type { AccountId, IdentityClaims, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createConfirmRecreated } from '#src/linking/confirm-recreated.ts'
import { createLinkRecords } from '#src/linking/link-records.ts'
import { createLookAtChanges } from '#src/linking/look-at-changes.ts'
import type { MatchingParameters } from '#src/linking/match-identity.ts'
import { createOpenNewAccount } from '#src/linking/open-new-account.ts'
import { createPersonOfDay } from '#src/linking/person-of-day.ts'
import { createProveContact } from '#src/linking/prove-contact.ts'
import { createProveCustomer } from '#src/linking/prove-customer.ts'
import { createPutOffRecords, type PutOffDeps } from '#src/linking/put-off-records.ts'
import { createResolveLink } from '#src/linking/resolve-link.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'
import { recordFormOf } from '#src/matching/record-form.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Long enough for any machine: the tests of the deadline set their own. */
export const MATCHING = { errorBudget: 1e-4, deadlineMs: 60_000, limitPerKey: 400 }

export const NOW = Date.UTC(2026, 10, 22)

/** A verified synthetic identity with these claims. */
export const verified = (claims: IdentityClaims, subject = 'subject-1'): VerifiedIdentity => ({
  upstream: 'itsme',
  assurance: 'verified',
  key: { issuer: 'https://idp.example/v2', clientId: 'PIAS', subject },
  acr: 'urn:pias:acr:basic',
  amr: ['user'],
  authTime: NOW / 1000,
  claims,
})

/** The linking functions on an embedded store of their own, filled with these records. */
export const openLinking = async (
  records: readonly CustomerRecord[],
  changes: {
    source?: (stored: CustomerSource) => CustomerSource
    matching?: MatchingParameters
    /** Opens an empty store of another kind. */
    open?: (deps: { clock: Clock; dataDir: string }) => Promise<Store>
  } = {},
) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pias-linking-'))
  let now = NOW
  let accounts = 0
  const clock = () => now
  const store = await (changes.open ?? openSqliteStore)({ dataDir, clock })
  const matching: MatchingParameters = changes.matching ?? MATCHING
  const form = recordFormOf({ nationalNumber: matching.nationalNumber === true })
  const feed = createCustomerFeed({ ...store, form, clock })
  const add = async (more: readonly CustomerRecord[]) => {
    for (const record of more) await feed.upsert(record)
  }
  await add(records)
  const stored = createSnapshotSource({ customers: store.customers })
  const deps = {
    accounts: store.accounts,
    audit: store.audit,
    limits: store.limits,
    reviews: store.reviews,
    source: changes.source?.(stored) ?? stored,
    clock,
    newAccountId: () => `account-${++accounts}` as AccountId,
    personOfDay: createPersonOfDay('secret'),
    logger: SILENT,
    matching,
    modelInForce: createModelInForce({ keys: store.keys, clock }),
  }
  const prove = createProveCustomer(deps)
  const linkRecords = createLinkRecords(deps)
  return {
    store,
    source: deps.source,
    clock,
    add,
    remove: feed.remove,
    lookAtChanges: createLookAtChanges({ ...deps, changes: createRecordChanges(store) }),
    reviews: () => store.reviews.list({ all: true, limit: 1000 }),
    resolveLink: createResolveLink(deps),
    prove,
    proveContact: createProveContact(deps),
    linkRecords,
    confirmRecreated: createConfirmRecreated(deps),
    putOff: (linkRecord: PutOffDeps['linkRecord']) => createPutOffRecords({ ...deps, linkRecord }),
    /** Proves and links all that was found, as somebody does who takes everything. */
    proveCustomer: async (...args: Parameters<typeof prove>) => {
      const [identity, context] = args
      const outcome = await prove(...args)
      if (outcome.kind !== 'found') return outcome
      const linked = await linkRecords(identity, context, outcome.proof, outcome.records)
      return linked.kind === 'linked' ? { kind: 'proved' as const, accountId: linked.accountId } : linked
    },
    openNewAccount: createOpenNewAccount(deps),
    pass: (milliseconds: number) => {
      now += milliseconds
    },
    events: async (): Promise<readonly AuditEvent[]> => store.audit.list({ after: 0, limit: 1000 }),
    close: async () => {
      await store.close()
      await rm(dataDir, { recursive: true })
    },
  }
}

export type Linking = Awaited<ReturnType<typeof openLinking>>
