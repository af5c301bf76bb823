import { randomBytes } from 'node:crypto'
import type { CustomerKey, ServiceLine } from '#src/kernel/customer.ts'
import type { ChangeOutcomes, CustomerChange, CustomersPort, StoredCustomer } from '#src/store/ports/customers.ts'
import type { Database } from './database.ts'

type KnownRow = { record: number; document: string; digest: string; keys: string; terms: string }

/** How many bytes make the id of a noted change. */
const ID_BYTES = 12

/**
 * What a transaction still has to write when all records are: the keys of each as they were and as they are to be, and by
 * how much the count of each term and service line changes. Kept back so that each is written once, and keys in their order, page by page.
 */
const createLeftovers = () => {
  const keys = new Map<number, { readonly former: readonly string[]; wanted: readonly string[] }>()
  const terms = new Map<string, number>()
  const lines = new Map<ServiceLine, number>()
  return {
    keys,
    terms,
    lines,
    setKeys: (record: number, former: readonly string[], wanted: readonly string[]): void => {
      const known = keys.get(record)
      if (known === undefined) keys.set(record, { former, wanted })
      else known.wanted = wanted
    },
    count: (changed: Iterable<string>, by: 1 | -1): void => {
      for (const term of changed) terms.set(term, (terms.get(term) ?? 0) + by)
    },
    countRecord: (line: ServiceLine, by: 1 | -1): void => {
      lines.set(line, (lines.get(line) ?? 0) + by)
    },
  }
}

type Leftovers = ReturnType<typeof createLeftovers>

const listOf = (text: string): readonly string[] => JSON.parse(text) as string[]

const prepareNote = (db: Database) => {
  const insert = db.prepare(
    `INSERT INTO customer_changes (service_line, customer_id, id, at, former, fresh) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET id = excluded.id, at = excluded.at`,
  )
  return ({ serviceLine, customerId }: CustomerKey, at: number, former: string, isFresh = false): void => {
    const id = randomBytes(ID_BYTES).toString('base64url')
    insert.run(serviceLine, customerId, id, at, former, Number(isFresh))
  }
}

/** Writes single records; for use within a transaction that then writes what they leave over. */
const prepareChangeRecord = (db: Database) => {
  const known = db.prepare<KnownRow>(
    'SELECT record, document, digest, keys, terms FROM customers WHERE service_line = ? AND customer_id = ?',
  )
  const insert = db.prepare<{ record: number }>(
    `INSERT INTO customers (service_line, customer_id, document, digest, keys, terms) VALUES (?, ?, ?, ?, ?, ?)
     RETURNING record`,
  )
  const update = db.prepare('UPDATE customers SET document = ?, digest = ?, keys = ?, terms = ? WHERE record = ?')
  const remove = db.prepare('DELETE FROM customers WHERE record = ?')
  const note = prepareNote(db)

  const put = (customer: StoredCustomer, watched: boolean, at: number, left: Leftovers): keyof ChangeOutcomes => {
    const { serviceLine, customerId, document, digest } = customer
    const former = known.get(serviceLine, customerId)
    if (former?.digest === digest) return 'unchanged'
    const keys = [...new Set(customer.keys)]
    const terms = [...new Set(customer.terms)]
    const lists = [JSON.stringify(keys), JSON.stringify(terms)] as const
    left.count(terms, 1)
    if (former === undefined) {
      const added = insert.get(serviceLine, customerId, document, digest, ...lists) as { record: number }
      left.setKeys(added.record, [], keys)
      left.countRecord(serviceLine, 1)
      if (watched) note(customer, at, document, true)
      return 'inserted'
    }
    left.count(listOf(former.terms), -1)
    left.setKeys(former.record, listOf(former.keys), keys)
    update.run(document, digest, ...lists, former.record)
    note(customer, at, former.document)
    return 'updated'
  }

  const take = (key: CustomerKey, at: number, left: Leftovers): keyof ChangeOutcomes => {
    const former = known.get(key.serviceLine, key.customerId)
    if (former === undefined) return 'absent'
    left.count(listOf(former.terms), -1)
    left.setKeys(former.record, listOf(former.keys), [])
    left.countRecord(key.serviceLine, -1)
    remove.run(former.record)
    note(key, at, former.document)
    return 'removed'
  }

  return (change: CustomerChange, at: number, left: Leftovers): keyof ChangeOutcomes =>
    change.kind === 'put' ? put(change.record, change.watched === true, at, left) : take(change.key, at, left)
}

const byText = ([a]: readonly [string, number], [b]: readonly [string, number]): number => (a < b ? -1 : 1)

const prepareWriteLeftovers = (db: Database) => {
  const insertKey = db.prepare('INSERT INTO customer_keys (key, record) VALUES (?, ?)')
  const removeKey = db.prepare('DELETE FROM customer_keys WHERE key = ? AND record = ?')
  const countTerm = db.prepare(
    `INSERT INTO customer_terms (term, records) VALUES (:term, :change)
     ON CONFLICT (term) DO UPDATE SET records = records + :change`,
  )
  const forgetTerm = db.prepare('DELETE FROM customer_terms WHERE term = ? AND records = 0')
  const countRecords = db.prepare(
    `INSERT INTO customer_totals (service_line, records) VALUES (:line, :change)
     ON CONFLICT (service_line) DO UPDATE SET records = records + :change`,
  )

  const writeKeys = ({ keys }: Leftovers): void => {
    const added: (readonly [string, number])[] = []
    for (const [record, { former, wanted }] of keys) {
      const kept = new Set(wanted)
      const before = new Set(former)
      for (const key of before) if (!kept.has(key)) removeKey.run(key, record)
      added.push(...wanted.filter(key => !before.has(key)).map(key => [key, record] as const))
    }
    for (const [key, record] of added.sort(byText)) insertKey.run(key, record)
  }

  const writeTerms = ({ terms }: Leftovers): void => {
    for (const [term, change] of [...terms].filter(([, change]) => change !== 0).sort(byText)) {
      countTerm.run({ term, change })
      if (change < 0) forgetTerm.run(term)
    }
  }

  return (left: Leftovers): void => {
    writeKeys(left)
    writeTerms(left)
    for (const [line, change] of left.lines) countRecords.run({ line, change })
  }
}

/** Applies changes of customer records, each call in one transaction. */
export const prepareWrite = (db: Database): CustomersPort['write'] => {
  const changeRecord = prepareChangeRecord(db)
  const writeLeftovers = prepareWriteLeftovers(db)

  return async (changes, at) =>
    db.transaction(() => {
      const outcomes = { inserted: 0, updated: 0, unchanged: 0, removed: 0, absent: 0 }
      const left = createLeftovers()
      for (const change of changes) outcomes[changeRecord(change, at, left)] += 1
      writeLeftovers(left)
      return outcomes
    })
}
