import type { ClientSession } from 'mongodb'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Connection } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate, isRetryable } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import {
  accountsOf,
  isNewMatch,
  type LinkChange,
  type LinkChangesPort,
  type LinkMove,
  type Settlement,
} from '#src/store/ports/link-changes.ts'
import { identityId, toAccountDocument, toLinkDocument } from './accounts.ts'
import type { Append } from './audit.ts'
import type { Collections, LinkChangeDocument } from './documents.ts'
import { closeReview, settleReview } from './reviews.ts'

/** An admin waits longer than a login: parallel changes of an account take turns. */
const RETRIES = 20

/** Thrown to undo what was written when something is not where it should be. */
const STALE = Symbol('stale')

const ensure = (holds: boolean): void => {
  if (!holds) throw STALE
}

type Document = Pick<LinkChange, 'by' | 'reason' | 'moves' | 'decidedBy' | 'decidedAt'>
type Applying = Parameters<LinkChangesPort['apply']>[0]

const toChange = ({ _id, at, kind, state, undoes, undoneBy, document }: LinkChangeDocument): LinkChange => ({
  ...(JSON.parse(document) as Document),
  id: _id,
  at,
  kind: kind as LinkChange['kind'],
  state: state as LinkChange['state'],
  ...(undoes !== undefined && { undoes }),
  ...(undoneBy !== undefined && { undoneBy }),
})

const toDocument = (change: LinkChange): LinkChangeDocument => {
  const { id, at, kind, state, undoes, by, reason, moves, decidedBy, decidedAt } = change
  return {
    _id: id,
    at,
    kind,
    state,
    accounts: [...accountsOf(change)],
    ...(undoes !== undefined && { undoes }),
    document: JSON.stringify({ by, reason, moves, decidedBy, decidedAt }),
  }
}

/** Moves one thing by compare-and-set, within the caller's transaction. */
const createMove = (collections: Collections) => {
  const { accounts, identities, links, contested, passkeys, credentials, erasureRequests } = collections

  /** With those of the whole of which the account is a part: people are logged in there. */
  const dropPasskeys = async (accountId: AccountId, session: ClientSession): Promise<void> => {
    await passkeys.deleteMany({ accountId: { $eq: accountId } }, { session })
    const counted = { $unset: { passkeys: '' as const } }
    const account = await accounts.findOneAndUpdate({ _id: { $eq: accountId } }, counted, { session })
    if (account?.mergedInto !== undefined) await dropPasskeys(account.mergedInto, session)
  }

  const dropErasure = async (accountId: AccountId, session: ClientSession): Promise<void> => {
    await erasureRequests.deleteOne({ _id: { $eq: accountId } }, { session })
    const account = await accounts.findOne({ _id: { $eq: accountId } }, { session })
    if (account?.mergedInto !== undefined) await dropErasure(account.mergedInto, session)
  }

  const moveRecord = async (
    { record, link, from, to }: Extract<LinkMove, { thing: 'record' }>,
    { at, kind }: Pick<LinkChange, 'at' | 'kind'>,
    session: ClientSession,
  ): Promise<void> => {
    const _id = { $eq: customerKeyOf(record) }
    if (from !== undefined) {
      const { deletedCount } = await links.deleteOne({ _id, accountId: { $eq: from } }, { session })
      ensure(deletedCount === 1)
    }
    if (to === undefined) {
      await contested.updateOne({ _id }, { $setOnInsert: { since: at } }, { session, upsert: true })
      return
    }
    if (kind === 'undo') await contested.deleteOne({ _id }, { session })
    if (isNewMatch({ link, from }, kind)) ensure((await contested.findOne({ _id }, { session })) === null)
    ensure(link !== undefined && (await links.findOne({ _id }, { session })) === null)
    if (link !== undefined)
      await links.insertOne(toLinkDocument({ ...link, ...record }, to, link.linkedAt), { session })
  }

  const moveIdentity = async (
    { identity, from, to }: Extract<LinkMove, { thing: 'identity' }>,
    { at }: Pick<LinkChange, 'at'>,
    session: ClientSession,
  ): Promise<void> => {
    const _id = identityId(identity)
    if (from !== undefined) {
      const { deletedCount } = await identities.deleteOne({ _id: { $eq: _id }, accountId: { $eq: from } }, { session })
      ensure(deletedCount === 1)
      await dropPasskeys(from, session)
      await dropErasure(from, session)
      await credentials.updateOne({ _id: { $eq: from } }, { $min: { retiresAt: at } }, { session })
    }
    if (to === undefined) return
    ensure((await identities.findOne({ _id: { $eq: _id } }, { session })) === null)
    const { issuer, clientId } = identity
    const same = { accountId: { $eq: to }, '_id.issuer': { $eq: issuer }, '_id.clientId': { $eq: clientId } }
    ensure((await identities.findOne(same, { session })) === null)
    await identities.insertOne({ _id, accountId: to }, { session })
  }

  const moveAccount = async (
    { account, from, to, apps }: Extract<LinkMove, { thing: 'account' }>,
    session: ClientSession,
  ): Promise<void> => {
    ensure(account !== to)
    const held = { _id: { $eq: account }, mergedInto: from === undefined ? { $exists: false } : { $eq: from } }
    const change = to === undefined ? { $unset: { mergedInto: '' as const } } : { $set: { mergedInto: to } }
    ensure((await accounts.updateOne(held, change, { session })).matchedCount === 1)
    if (from !== undefined) {
      await accounts.updateOne({ _id: { $eq: from } }, { $pull: { absorbed: { id: account } } }, { session })
      await dropPasskeys(from, session)
      await dropErasure(from, session)
    }
    if (to !== undefined) {
      const absorbed = { id: account, apps: [...apps] }
      await accounts.updateOne({ _id: { $eq: to } }, { $push: { absorbed } }, { session })
    }
  }

  return async (move: LinkMove, by: Pick<LinkChange, 'at' | 'kind'>, session: ClientSession): Promise<void> => {
    // Every account is written, so that parallel changes of one, its erasure too, do not pass each other by.
    for (const id of accountsOf({ moves: [move] })) {
      const open = id === move.to ? { mergedInto: { $exists: false } } : {}
      const { matchedCount } = await accounts.updateOne(
        { _id: { $eq: id }, ...open },
        { $inc: { changes: 1 } },
        { session },
      )
      ensure(matchedCount === 1)
    }
    if (move.thing === 'record') return moveRecord(move, by, session)
    if (move.thing === 'identity') return moveIdentity(move, by, session)
    return moveAccount(move, session)
  }
}

/** Acts on links on MongoDB; for a connection that has time. */
export const createLinkChanges = (
  { run, transact, transaction }: Connection,
  collections: Collections,
  append: Append,
): LinkChangesPort => {
  const { accounts, identities, linkChanges } = collections
  const move = createMove(collections)

  const write = async (change: LinkChange, session: ClientSession): Promise<void> => {
    const { _id, ...fields } = toDocument(change)
    await linkChanges.updateOne({ _id: { $eq: _id } }, { $set: fields }, { session, upsert: true })
  }

  const open = async ({ account, dataKey }: Applying['opens'][number], session: ClientSession): Promise<void> => {
    await accounts.insertOne(toAccountDocument(account, dataKey), { session })
  }

  /** Whether the change may still be made; what it undoes is marked, the review it decides closed. */
  const takeUp = async (
    { change, closes }: Omit<Applying, 'opens' | 'endLogins' | 'settles'>,
    session: ClientSession,
  ): Promise<'done already' | undefined> => {
    const known = await linkChanges.findOne({ _id: { $eq: change.id } }, { session })
    // Of an earlier try whose answer was lost.
    if (known?.state === 'done' && known.document === toDocument(change).document) return 'done already'
    ensure(known === null || known.state === 'proposed')
    if (closes !== undefined) ensure(await closeReview(collections, closes, session))
    if (change.undoes === undefined) return undefined
    const undone = { _id: { $eq: change.undoes }, state: { $eq: 'done' }, undoneBy: { $exists: false } }
    const { matchedCount } = await linkChanges.updateOne(undone, { $set: { undoneBy: change.id } }, { session })
    ensure(matchedCount === 1)
    return undefined
  }

  /** @returns the events of those that were open */
  const settle = async (
    settles: readonly Settlement[],
    closed: { at: number; by: string },
    session: ClientSession,
  ): Promise<readonly AuditEvent[]> => {
    const events: AuditEvent[] = []
    for (const { matter, event } of settles) {
      if (await settleReview(collections, matter, closed, session)) events.push(event)
    }
    return events
  }

  const applyOnce = ({ opens, endLogins, settles = [], ...act }: Applying): Promise<void> =>
    transact(async session => {
      const { change, events } = act
      if ((await takeUp(act, session)) === 'done already') return
      for (const one of opens) await open(one, session)
      const { decidedAt: at = change.at, decidedBy: by = change.by } = change
      for (const one of change.moves) await move(one, { at, kind: change.kind }, session)
      for (const id of endLogins) {
        await accounts.updateOne({ _id: { $eq: id } }, { $max: { loginsNotBefore: at } }, { session })
      }
      await write(change, session)
      await append([...events, ...(await settle(settles, { at, by }, session))], session)
    })

  return {
    referTo: async identity => identityId(identity),

    identitiesOf: id =>
      run(async () => {
        const found = identities.find({ accountId: { $eq: id } }, { sort: { '_id.issuer': 1, '_id.clientId': 1 } })
        return (await found.toArray()).map(({ _id }) => identityId(_id))
      }),

    ownerOf: named => run(async () => (await identities.findOne({ _id: { $eq: identityId(named) } }))?.accountId),

    propose: (change, events) =>
      transaction(RETRIES, async session => {
        await write(change, session)
        await append(events, session)
      }),

    withdraw: ({ id, by, at, events }) =>
      transaction(RETRIES, async session => {
        const known = await linkChanges.findOne({ _id: { $eq: id } }, { session })
        if (known?.state !== 'proposed') return false
        await write({ ...toChange(known), state: 'withdrawn', decidedBy: by, decidedAt: at }, session)
        await append(events, session)
        return true
      }),

    apply: input =>
      run(async () => {
        try {
          await retrying(RETRIES, isRetryable, () => applyOnce(input))
          return 'done'
        } catch (error) {
          if (error === STALE || isDuplicate(error)) return 'stale'
          throw error
        }
      }),

    find: id =>
      run(async () => {
        const found = await linkChanges.findOne({ _id: { $eq: id } })
        return found === null ? undefined : toChange(found)
      }),

    list: ({ of, before, limit }) =>
      run(async () => {
        const filter = {
          ...(of === 'proposed' ? { state: { $eq: of } } : { accounts: { $eq: of.accountId } }),
          ...(before !== undefined && {
            at: { $lte: before.at },
            $or: [{ at: { $lt: before.at } }, { _id: { $lt: before.id } }],
          }),
        }
        const found = linkChanges.find(filter, { sort: { at: -1, _id: -1 }, limit })
        return (await found.toArray()).map(toChange)
      }),
  }
}
