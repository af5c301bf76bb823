import type { Db, Document } from 'mongodb'
import { BEGINNING, type BlockMac, type ChainMark } from '#src/audit/chain.ts'
import { identityId, toAccountDocument, toLinkDocument } from '#src/store/mongo/accounts.ts'
import { toAuditDocument, toStoredEvent } from '#src/store/mongo/audit.ts'
import { type AuditDocument, COLLECTION_NAMES } from '#src/store/mongo/documents.ts'
import { createSequence } from '#src/store/mongo/sequence.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { Store } from '#src/store/ports/store.ts'

/** Documents gathered before they are inserted, and events of one block of the chain. */
const AT_ONCE = 20_000
const EVENTS_OF_A_BLOCK = 1000

type Kind = keyof typeof COLLECTION_NAMES

/**
 * Wraps a MongoDB store so that accounts and their events are inserted by the thousand, as the ports write them
 * and without a transaction each, the events chained as the sealer does: a million accounts in minutes. For an empty
 * database that nobody else uses. `settle` inserts what is left; the store as it was goes on from there.
 * @param macOf of the chain's secret
 */
export const insertInBulk = (raw: Store, db: Db, macOf: BlockMac) => {
  const gathered = new Map<Kind, Document[]>()
  let events: AuditDocument[] = []
  let head: ChainMark = BEGINNING
  let count = 0
  let inserting: Promise<unknown> = Promise.resolve()
  let at = 0
  const nextSequence = createSequence(() => at)

  const gather = (kind: Kind, ...documents: Document[]): void => {
    const known = gathered.get(kind)
    if (known === undefined) gathered.set(kind, documents)
    else known.push(...documents)
    count += documents.length
  }

  const insert = async (): Promise<void> => {
    const taken = [...gathered]
    gathered.clear()
    count = 0
    await inserting
    inserting = Promise.all(
      taken.map(([kind, documents]) =>
        db
          .collection(COLLECTION_NAMES[kind])
          .insertMany(documents, { ordered: false, writeConcern: { w: 1, journal: false } }),
      ),
    )
  }

  const seal = (): void => {
    const number = head.number + 1
    const sealedAt = events.at(-1)?.at ?? 0
    const mac = macOf(head, { sealedAt }, events.map(toStoredEvent))
    gather('audit', ...events.map(({ unsealed: _, ...event }) => ({ ...event, block: number })))
    gather('auditBlocks', { _id: number, sealedAt, events: events.length, mac })
    head = { number, mac }
    events = []
  }

  const append = (appended: readonly AuditEvent[]): void => {
    for (const event of appended) {
      at = event.at
      events.push(toAuditDocument(event, nextSequence()))
      if (events.length === EVENTS_OF_A_BLOCK) seal()
    }
  }

  const store: Store = {
    ...raw,
    accounts: {
      ...raw.accounts,
      open: async ({ account, identity, customers, events: opened, dataKey }) => {
        const { id, createdAt } = account
        gather('identities', { _id: identityId(identity), accountId: id })
        gather('accounts', toAccountDocument(account, dataKey))
        gather('links', ...customers.map(link => toLinkDocument(link, id, createdAt)))
        append(opened)
        if (count >= AT_ONCE) await insert()
        return { kind: 'bound', accountId: id }
      },
    },
    audit: { ...raw.audit, append: async appended => append(appended) },
  }
  return {
    store,
    settle: async (): Promise<void> => {
      if (events.length > 0) seal()
      await insert()
      await inserting
    },
  }
}
