import type { ServiceLine } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Json } from '#src/kernel/runtime.ts'
import {
  type Review,
  type ReviewClosing,
  type ReviewKind,
  type ReviewMatter,
  type ReviewOutcome,
  type ReviewsPort,
  reviewIdOf,
} from '#src/store/ports/reviews.ts'
import { prepareAppend } from './audit.ts'
import type { Database } from './database.ts'

type Row = {
  id: string
  kind: ReviewKind
  account_id: AccountId
  service_line: ServiceLine | null
  customer_id: string | null
  raised_at: number
  data: string
  closed_at: number | null
  closed_by: string | null
  outcome: ReviewOutcome | null
}

const toReview = (row: Row): Review => ({
  id: row.id,
  kind: row.kind,
  accountId: row.account_id,
  ...(row.service_line !== null &&
    row.customer_id !== null && { customer: { serviceLine: row.service_line, customerId: row.customer_id } }),
  raisedAt: row.raised_at,
  data: JSON.parse(row.data) as Json,
  ...(row.closed_at !== null &&
    row.closed_by !== null &&
    row.outcome !== null && { closed: { at: row.closed_at, by: row.closed_by, outcome: row.outcome } }),
})

/** Closes a review within the caller's transaction. @returns whether it was open since then */
export const prepareClose = (db: Database): ((closing: ReviewClosing) => boolean) => {
  const close = db.prepare(
    `UPDATE reviews SET closed_at = :at, closed_by = :by, outcome = :outcome
     WHERE id = :id AND raised_at = :raisedAt AND closed_at IS NULL`,
  )
  return ({ id, raisedAt, at, by, outcome }) => close.run({ id, raisedAt, at, by, outcome }) === 1
}

/** Closes what a change has settled, within the caller's transaction. @returns whether it was open */
export const prepareSettle = (db: Database): ((matter: ReviewMatter, at: number, by: string) => boolean) => {
  const close = db.prepare(
    "UPDATE reviews SET closed_at = ?, closed_by = ?, outcome = 'changed' WHERE id = ? AND closed_at IS NULL",
  )
  return (matter, at, by) => close.run(at, by, reviewIdOf(matter)) === 1
}

/** Reviews on SQLite; those of an account go with it (erasures.ts). */
export const createReviews = (db: Database): ReviewsPort => {
  const append = prepareAppend(db)
  const columns = 'id, kind, account_id, service_line, customer_id, raised_at, data, closed_at, closed_by, outcome'
  const hasAccount = db.prepare('SELECT 1 FROM accounts WHERE id = ?')
  const open = db.prepare(
    `INSERT INTO reviews (id, kind, account_id, service_line, customer_id, raised_at, data) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET raised_at = excluded.raised_at, data = excluded.data,
       closed_at = NULL, closed_by = NULL, outcome = NULL
     WHERE closed_at IS NOT NULL`,
  )
  const close = prepareClose(db)
  const select = db.prepare<Row>(`SELECT ${columns} FROM reviews WHERE id = ?`)
  const beyond = '(raised_at, id) > (?, ?) ORDER BY raised_at, id LIMIT ?'
  const page = db.prepare<Row>(`SELECT ${columns} FROM reviews WHERE closed_at IS NULL AND ${beyond}`)
  const pageOfAll = db.prepare<Row>(`SELECT ${columns} FROM reviews WHERE ${beyond}`)
  // Those of an account are few: they are found by it, and put in order then.
  const ofAccount = `SELECT ${columns} FROM reviews INDEXED BY reviews_by_account WHERE account_id = ?`
  const pageOfAccount = db.prepare<Row>(`${ofAccount} AND closed_at IS NULL AND ${beyond}`)
  const pageOfAccountsAll = db.prepare<Row>(`${ofAccount} AND ${beyond}`)

  return {
    raise: async ({ matter, raisedAt, data, events }) =>
      db.transaction(() => {
        const { kind, accountId, customer } = matter
        if (hasAccount.get(accountId) === undefined) return false
        const record = [customer?.serviceLine ?? null, customer?.customerId ?? null]
        const values = [reviewIdOf(matter), kind, accountId, ...record, raisedAt, JSON.stringify(data)]
        const opened = open.run(...values) === 1
        if (opened) append(events)
        return opened
      }),

    find: async id => {
      const row = select.get(id)
      return row && toReview(row)
    },

    list: async ({ all, accountId, after = { raisedAt: -1, id: '' }, limit }) => {
      const rows =
        accountId === undefined
          ? (all === true ? pageOfAll : page).all(after.raisedAt, after.id, limit)
          : (all === true ? pageOfAccountsAll : pageOfAccount).all(accountId, after.raisedAt, after.id, limit)
      return rows.map(toReview)
    },

    close: async ({ events, ...closing }) =>
      db.transaction(() => {
        const closed = close(closing)
        if (closed) append(events)
        return closed
      }),
  }
}
