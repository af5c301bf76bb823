import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import {
  accountsOf,
  isNewMatch,
  type LinkChange,
  type LinkChangesPort,
  type LinkMove,
} from '#src/store/ports/link-changes.ts'
import { prepareInserts } from './accounts.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'
import { prepareClose, prepareSettle } from './reviews.ts'

type Row = {
  id: string
  at: number
  kind: LinkChange['kind']
  state: LinkChange['state']
  undoes: string | null
  undone_by: string | null
  document: string
}
type Applying = Parameters<LinkChangesPort['apply']>[0]
type Document = Pick<LinkChange, 'by' | 'reason' | 'moves' | 'decidedBy' | 'decidedAt'>

/** Thrown to undo what was written when something is not where it should be. */
const STALE = Symbol('stale')

const ensure = (holds: boolean): void => {
  if (!holds) throw STALE
}

const toChange = (row: Row): LinkChange => ({
  ...(JSON.parse(row.document) as Document),
  id: row.id,
  at: row.at,
  kind: row.kind,
  state: row.state,
  ...(row.undoes !== null && { undoes: row.undoes }),
  ...(row.undone_by !== null && { undoneBy: row.undone_by }),
})

const toDocument = ({ by, reason, moves, decidedBy, decidedAt }: LinkChange): string =>
  JSON.stringify({ by, reason, moves, decidedBy, decidedAt } satisfies { [Key in keyof Document]: unknown })

/** Moves one thing by compare-and-set, within the caller's transaction. */
const prepareMove = (db: Database): ((move: LinkMove, by: Pick<LinkChange, 'at' | 'kind'>) => void) => {
  const insert = prepareInserts(db)
  const isThere = db.prepare<{ found: number }>('SELECT 1 AS found FROM accounts WHERE id = ?')
  const isOpen = db.prepare<{ found: number }>('SELECT 1 AS found FROM accounts WHERE id = ? AND merged_into IS NULL')
  const linked = db.prepare<{ found: number }>(
    'SELECT 1 AS found FROM customer_links WHERE service_line = ? AND customer_id = ?',
  )
  const contest = db.prepare(
    'INSERT INTO contested_records (service_line, customer_id, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const contested = db.prepare<{ found: number }>(
    'SELECT 1 AS found FROM contested_records WHERE service_line = ? AND customer_id = ?',
  )
  const settleContest = db.prepare('DELETE FROM contested_records WHERE service_line = ? AND customer_id = ?')
  const unlink = db.prepare('DELETE FROM customer_links WHERE service_line = ? AND customer_id = ? AND account_id = ?')
  const IDENTITY = 'issuer = :issuer AND client_id = :clientId AND subject = :subject'
  const bound = db.prepare<{ found: number }>(
    `SELECT 1 AS found FROM identities WHERE (${IDENTITY}) OR
     (account_id = :to AND issuer = :issuer AND client_id = :clientId)`,
  )
  const unbind = db.prepare(`DELETE FROM identities WHERE ${IDENTITY} AND account_id = :from`)
  // People are logged in to the whole of which an account is a part, and make their passkeys there, or ask for its erasure.
  const ofWhole = `account_id IN (
    WITH RECURSIVE whole (id) AS (
      VALUES (:from) UNION SELECT merged_into FROM accounts JOIN whole USING (id) WHERE merged_into IS NOT NULL)
    SELECT id FROM whole)`
  const dropPasskeys = db.prepare(`DELETE FROM passkeys WHERE ${ofWhole}`)
  const dropErasure = db.prepare(`DELETE FROM erasure_requests WHERE ${ofWhole}`)
  const retire = db.prepare(
    'UPDATE credentials SET retires_at = coalesce(min(retires_at, :at), :at) WHERE account_id = :from',
  )
  const merge = db.prepare(
    'UPDATE accounts SET merged_into = :to, merged_apps = :apps WHERE id = :account AND merged_into IS :from',
  )

  const moveRecord = (
    { record, link, from, to }: Extract<LinkMove, { thing: 'record' }>,
    { at, kind }: Pick<LinkChange, 'at' | 'kind'>,
  ): void => {
    const { serviceLine, customerId } = record
    if (from !== undefined) ensure(unlink.run(serviceLine, customerId, from) === 1)
    if (to === undefined) {
      contest.run(serviceLine, customerId, at)
      return
    }
    if (kind === 'undo') settleContest.run(serviceLine, customerId)
    if (isNewMatch({ link, from }, kind)) ensure(contested.get(serviceLine, customerId) === undefined)
    ensure(link !== undefined && linked.get(serviceLine, customerId) === undefined)
    if (link !== undefined) insert.link({ ...link, ...record }, to, link.linkedAt)
  }

  const moveIdentity = (
    { identity, from, to }: Extract<LinkMove, { thing: 'identity' }>,
    { at }: Pick<LinkChange, 'at'>,
  ): void => {
    const { issuer, clientId, subject } = identity
    if (from !== undefined) {
      ensure(unbind.run({ issuer, clientId, subject, from }) === 1)
      dropPasskeys.run({ from })
      dropErasure.run({ from })
      retire.run({ at, from })
    }
    if (to === undefined) return
    ensure(bound.get({ issuer, clientId, subject, to }) === undefined)
    insert.identity(identity, to)
  }

  return (move, by) => {
    for (const id of accountsOf({ moves: [move] })) ensure(isThere.get(id) !== undefined)
    if (move.to !== undefined) ensure(isOpen.get(move.to) !== undefined)
    switch (move.thing) {
      case 'record':
        return moveRecord(move, by)
      case 'identity':
        return moveIdentity(move, by)
      case 'account': {
        const { account, from = null, to = null, apps } = move
        ensure(account !== to && merge.run({ account, from, to, apps: to && JSON.stringify(apps) }) === 1)
        if (from === null) return
        dropPasskeys.run({ from })
        dropErasure.run({ from })
      }
    }
  }
}

/** Acts on links on SQLite. */
export const createLinkChanges = (db: Database): LinkChangesPort => {
  const insert = prepareInserts(db)
  const append = prepareAppend(db)
  const move = prepareMove(db)
  const identities = db.prepare<{ issuer: string; client_id: string; subject: string }>(
    'SELECT issuer, client_id, subject FROM identities WHERE account_id = ? ORDER BY issuer, client_id, subject',
  )
  const select = db.prepare<Row>('SELECT * FROM link_changes WHERE id = ?')
  const put = db.prepare(
    `INSERT INTO link_changes (id, at, kind, state, undoes, document)
     VALUES (:id, :at, :kind, :state, :undoes, :document)
     ON CONFLICT (id) DO UPDATE SET state = :state, document = :document`,
  )
  const putAccount = db.prepare(
    'INSERT INTO link_change_accounts (account_id, at, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const undo = db.prepare("UPDATE link_changes SET undone_by = ? WHERE id = ? AND state = 'done' AND undone_by IS NULL")
  const endLogins = db.prepare(
    'UPDATE accounts SET logins_not_before = coalesce(max(logins_not_before, :at), :at) WHERE id = :id',
  )
  const proposed = db.prepare<Row>(
    `SELECT * FROM link_changes WHERE state = 'proposed' AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`,
  )
  const ofAccount = db.prepare<Row>(
    `SELECT link_changes.* FROM link_change_accounts AS touched JOIN link_changes USING (id)
     WHERE touched.account_id = ? AND (touched.at, touched.id) < (?, ?)
     ORDER BY touched.at DESC, touched.id DESC LIMIT ?`,
  )

  const closeReview = prepareClose(db)
  const settle = prepareSettle(db)

  const write = (change: LinkChange): void => {
    const { id, at, kind, state, undoes = null } = change
    put.run({ id, at, kind, state, undoes, document: toDocument(change) })
    for (const account of accountsOf(change)) putAccount.run(account, at, id)
  }

  const apply = ({ change, opens, endLogins: ended, closes, settles = [], events }: Applying): void => {
    const known = select.get(change.id)
    ensure(known === undefined || known.state === 'proposed')
    if (change.undoes !== undefined) ensure(undo.run(change.id, change.undoes) === 1)
    if (closes !== undefined) ensure(closeReview(closes))
    for (const { account, dataKey } of opens) insert.account(account, dataKey)
    const { decidedAt: at = change.at, decidedBy: by = change.by } = change
    for (const one of change.moves) move(one, { at, kind: change.kind })
    for (const id of ended) endLogins.run({ id, at })
    write(change)
    append([...events, ...settles.flatMap(({ matter, event }) => (settle(matter, at, by) ? [event] : []))])
  }

  const owner = db.prepare<{ account_id: string }>(
    'SELECT account_id FROM identities WHERE issuer = ? AND client_id = ? AND subject = ?',
  )

  return {
    referTo: async ({ issuer, clientId, subject }: IdentityKey) => ({ issuer, clientId, subject }),

    identitiesOf: async (id: AccountId) =>
      identities.all(id).map(({ issuer, client_id: clientId, subject }) => ({ issuer, clientId, subject })),

    ownerOf: async ({ issuer, clientId, subject }: IdentityKey) =>
      owner.get(issuer, clientId, subject)?.account_id as AccountId | undefined,

    propose: async (change, events) =>
      db.transaction(() => {
        write(change)
        append(events)
      }),

    withdraw: async ({ id, by, at, events }) =>
      db.transaction(() => {
        const known = select.get(id)
        if (known?.state !== 'proposed') return false
        write({ ...toChange(known), state: 'withdrawn', decidedBy: by, decidedAt: at })
        append(events)
        return true
      }),

    apply: async input => {
      try {
        db.transaction(() => apply(input))
        return 'done'
      } catch (error) {
        if (error === STALE) return 'stale'
        throw error
      }
    },

    find: async id => {
      const row = select.get(id)
      return row && toChange(row)
    },

    list: async ({ of, before = { at: Number.MAX_SAFE_INTEGER, id: '' }, limit }) => {
      const rows =
        of === 'proposed'
          ? proposed.all(before.at, before.id, limit)
          : ofAccount.all(of.accountId, before.at, before.id, limit)
      return rows.map(toChange)
    },
  }
}
