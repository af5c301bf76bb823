import type { ServiceLine } from '#src/kernel/customer.ts'
import type { CustomersPort, FoundCustomer, StoredCustomer } from '#src/store/ports/customers.ts'
import type { Database } from './database.ts'

type Outcome = 'inserted' | 'updated' | 'unchanged'
type FoundRow = { service_line: ServiceLine; customer_id: string; document: string }
type KnownRow = { record: number; digest: string; terms: string }

const toFound = (row: FoundRow): FoundCustomer => ({
  serviceLine: row.service_line,
  customerId: row.customer_id,
  document: row.document,
})

/** Collects by how much each term's count changes in a transaction, so that each is written once. */
const createTally = () => {
  const changes = new Map<string, number>()
  return {
    changes,
    add: (terms: Iterable<string>, by: 1 | -1): void => {
      for (const term of terms) changes.set(term, (changes.get(term) ?? 0) + by)
    },
  }
}

type Tally = ReturnType<typeof createTally>

/** Writes one record with its keys and terms; for use within a transaction that then writes the tally. */
const prepareWriteRecord = (db: Database) => {
  const known = db.prepare<KnownRow>(
    'SELECT record, digest, terms FROM customers WHERE service_line = ? AND customer_id = ?',
  )
  const insert = db.prepare<{ record: number }>(
    `INSERT INTO customers (service_line, customer_id, document, digest, terms) VALUES (?, ?, ?, ?, ?)
     RETURNING record`,
  )
  const update = db.prepare('UPDATE customers SET document = ?, digest = ?, terms = ? WHERE record = ?')
  const insertKey = db.prepare('INSERT INTO customer_keys (key, record) VALUES (?, ?)')
  const removeKeys = db.prepare('DELETE FROM customer_keys WHERE record = ?')

  const replace = (former: KnownRow, customer: StoredCustomer, terms: string, tally: Tally): number => {
    tally.add(JSON.parse(former.terms) as string[], -1)
    removeKeys.run(former.record)
    update.run(customer.document, customer.digest, terms, former.record)
    return former.record
  }
  const add = ({ serviceLine, customerId, document, digest }: StoredCustomer, terms: string): number =>
    (insert.get(serviceLine, customerId, document, digest, terms) as { record: number }).record

  return (customer: StoredCustomer, tally: Tally): Outcome => {
    const former = known.get(customer.serviceLine, customer.customerId)
    if (former?.digest === customer.digest) return 'unchanged'
    const terms = [...new Set(customer.terms)]
    const text = JSON.stringify(terms)
    const record = former ? replace(former, customer, text, tally) : add(customer, text)
    for (const key of new Set(customer.keys)) insertKey.run(key, record)
    tally.add(terms, 1)
    return former ? 'updated' : 'inserted'
  }
}

const prepareUpsertMany = (db: Database): CustomersPort['upsertMany'] => {
  const writeRecord = prepareWriteRecord(db)
  const countTerm = db.prepare(
    `INSERT INTO customer_terms (term, records) VALUES (:term, :change)
     ON CONFLICT (term) DO UPDATE SET records = records + :change`,
  )
  const forgetTerm = db.prepare('DELETE FROM customer_terms WHERE term = ? AND records = 0')
  const addToTotal = db.prepare('UPDATE customer_total SET records = records + ?')

  const writeTally = ({ changes }: Tally): void => {
    for (const [term, change] of changes) {
      if (change !== 0) countTerm.run({ term, change })
      if (change < 0) forgetTerm.run(term)
    }
  }

  return async records =>
    db.transaction(() => {
      const outcomes = { inserted: 0, updated: 0, unchanged: 0 }
      const tally = createTally()
      for (const customer of records) outcomes[writeRecord(customer, tally)] += 1
      writeTally(tally)
      if (outcomes.inserted > 0) addToTotal.run(outcomes.inserted)
      return outcomes
    })
}

const prepareFindByKeys = (db: Database): CustomersPort['findByKeys'] => {
  const holders = db.prepare<{ record: number }>('SELECT record FROM customer_keys WHERE key = ? LIMIT ?')
  const select = db.prepare<FoundRow>(
    `SELECT service_line, customer_id, document FROM customers WHERE record IN (SELECT value FROM json_each(?))
     ORDER BY service_line, customer_id`,
  )

  return async (keys, limitPerKey) => {
    const overflowed: string[] = []
    const found = new Set<number>()
    for (const key of new Set(keys)) {
      const rows = holders.all(key, limitPerKey + 1)
      if (rows.length > limitPerKey) overflowed.push(key)
      else for (const { record } of rows) found.add(record)
    }
    const rows = found.size === 0 ? [] : select.all(JSON.stringify([...found]))
    return { records: rows.map(toFound), overflowed }
  }
}

const preparePage = (db: Database): CustomersPort['page'] => {
  const select = db.prepare<FoundRow & { record: number }>(
    'SELECT record, service_line, customer_id, document FROM customers WHERE record > ? ORDER BY record LIMIT ?',
  )
  return async ({ after = '0', limit }) => {
    const rows = select.all(Number(after), limit)
    const last = rows.at(-1)
    return {
      records: rows.map(toFound),
      ...(last !== undefined && rows.length === limit && { next: String(last.record) }),
    }
  }
}

/** Customer records, their blocking keys and name frequencies on SQLite. */
export const createCustomers = (db: Database): CustomersPort => {
  const selectById = db.prepare<FoundRow>(
    'SELECT service_line, customer_id, document FROM customers WHERE customer_id = ? ORDER BY service_line',
  )
  const selectTerm = db.prepare<{ records: number }>('SELECT records FROM customer_terms WHERE term = ?')
  const selectTotal = db.prepare<{ records: number }>('SELECT records FROM customer_total')

  return {
    upsertMany: prepareUpsertMany(db),
    findByKeys: prepareFindByKeys(db),
    findByCustomerId: async customerId => selectById.all(customerId).map(toFound),
    page: preparePage(db),

    termCounts: async terms => {
      const counts = new Map<string, number>()
      for (const term of terms) {
        const row = selectTerm.get(term)
        if (row) counts.set(term, row.records)
      }
      return counts
    },

    count: async () => selectTotal.get()?.records ?? 0,
  }
}
