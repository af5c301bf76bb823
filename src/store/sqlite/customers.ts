import { type CustomerKey, compareCustomerKeys, customerKeyOf, type ServiceLine } from '#src/kernel/customer.ts'
import type { CustomersPort, FoundCustomer } from '#src/store/ports/customers.ts'
import { prepareWrite } from './customers-write.ts'
import type { Database } from './database.ts'

type FoundRow = { service_line: ServiceLine; customer_id: string; document: string }
type ChangeRow = {
  service_line: ServiceLine
  customer_id: string
  id: string
  at: number
  former: string
  fresh: number
}

const toKey = (row: { service_line: ServiceLine; customer_id: string }): CustomerKey => ({
  serviceLine: row.service_line,
  customerId: row.customer_id,
})
const toFound = (row: FoundRow): FoundCustomer => ({ ...toKey(row), document: row.document })

const prepareFindByKeys = (db: Database): CustomersPort['findByKeys'] => {
  // All keys at once, and of each no more holders than tell that there are too many.
  const holders = db.prepare<{ key: string; records: string }>(
    `SELECT json_each.value AS key, (
       SELECT json_group_array(record) FROM (SELECT record FROM customer_keys WHERE key = json_each.value LIMIT :most)
     ) AS records FROM json_each(:keys)`,
  )
  const select = db.prepare<FoundRow>(
    `SELECT service_line, customer_id, document FROM customers WHERE record IN (SELECT value FROM json_each(?))
     ORDER BY service_line, customer_id`,
  )

  return async (keys, limitPerKey) => {
    const overflowed: string[] = []
    const found = new Set<number>()
    for (const { key, records } of holders.all({ keys: JSON.stringify([...new Set(keys)]), most: limitPerKey + 1 })) {
      const holding = JSON.parse(records) as number[]
      if (holding.length > limitPerKey) overflowed.push(key)
      else for (const record of holding) found.add(record)
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

const prepareFind = (db: Database): Pick<CustomersPort, 'find' | 'findByCustomerId' | 'unchanged'> => {
  const columns = 'service_line, customer_id, document'
  const select = db.prepare<FoundRow>(`SELECT ${columns} FROM customers WHERE customer_id = ? AND service_line = ?`)
  const selectById = db.prepare<FoundRow>(
    `SELECT ${columns} FROM customers WHERE customer_id = ? ORDER BY service_line`,
  )
  const holds = db.prepare('SELECT 1 FROM customers WHERE customer_id = ? AND service_line = ? AND digest = ?')
  return {
    find: async keys => {
      const wanted = [...new Map(keys.map(key => [customerKeyOf(key), key])).values()]
      const rows = wanted.flatMap(({ serviceLine, customerId }) => select.get(customerId, serviceLine) ?? [])
      return rows.map(toFound).sort(compareCustomerKeys)
    },
    findByCustomerId: async customerId => selectById.all(customerId).map(toFound),
    unchanged: async records => {
      const same = records.filter(one => holds.get(one.customerId, one.serviceLine, one.digest) !== undefined)
      return new Set(same.map(customerKeyOf))
    },
  }
}

const prepareChanges = (db: Database): Pick<CustomersPort, 'notedChanges' | 'settleChanges'> => {
  const select = db.prepare<ChangeRow>(
    `SELECT service_line, customer_id, id, at, former, fresh FROM customer_changes
     WHERE (at, id) > (?, ?) ORDER BY at, id LIMIT ?`,
  )
  const settle = db.prepare('DELETE FROM customer_changes WHERE customer_id = ? AND service_line = ? AND id = ?')
  return {
    notedChanges: async ({ after = { at: -1, id: '' }, limit }) =>
      select.all(after.at, after.id, limit).map(row => ({
        ...toKey(row),
        id: row.id,
        at: row.at,
        former: row.former,
        fresh: row.fresh === 1,
      })),
    settleChanges: async changes =>
      db.transaction(() => {
        for (const { customerId, serviceLine, id } of changes) settle.run(customerId, serviceLine, id)
      }),
  }
}

/** Customer records, their blocking keys and name frequencies on SQLite. */
export const createCustomers = (db: Database): CustomersPort => {
  const selectTerms = db.prepare<{ term: string; records: number }>(
    'SELECT term, records FROM customer_terms WHERE term IN (SELECT value FROM json_each(?))',
  )
  const selectTotals = db.prepare<{ service_line: ServiceLine; records: number }>(
    'SELECT service_line, records FROM customer_totals WHERE records > 0',
  )
  const selectTotal = db.prepare<{ records: number | null }>('SELECT sum(records) AS records FROM customer_totals')

  const countAll = (): number => selectTotal.get()?.records ?? 0

  return {
    write: prepareWrite(db),
    ...prepareChanges(db),
    ...prepareFind(db),
    findByKeys: prepareFindByKeys(db),
    page: preparePage(db),

    termCounts: async terms => {
      const rows = selectTerms.all(JSON.stringify(terms))
      return { total: countAll(), counts: new Map(rows.map(({ term, records }) => [term, records])) }
    },

    countByLine: async () => new Map(selectTotals.all().map(row => [row.service_line, row.records])),
    count: async () => countAll(),
  }
}
