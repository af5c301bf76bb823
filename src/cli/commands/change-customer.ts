import { unconfirmed } from '#src/cli/confirm.ts'
import { lookAtChanges, reviewsNote } from '#src/cli/look-at-changes.ts'
import { withStore } from '#src/cli/offline.ts'
import { type Outcome, unusable } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { parseLine } from '#src/customers/lines/parse-line.ts'
import { type CustomerFeed, createCustomerFeed } from '#src/customers/snapshot/customer-feed.ts'
import { type CustomerKey, customerKeyOf, SERVICE_LINES } from '#src/kernel/customer.ts'
import { recordFormOf } from '#src/matching/record-form.ts'

/** Changes one record; the audit trail is told which, by its blind token, and never what it holds. */
const change = (
  terminal: Terminal,
  { dataDir, key }: { dataDir: string; key: CustomerKey },
  apply: (feed: CustomerFeed) => Promise<string>,
): Promise<Outcome> =>
  withStore({ terminal, dataDir }, async store => {
    const { clock, operator: by } = terminal
    const form = recordFormOf(terminal.loadConfig().matching)
    const outcome = await apply(createCustomerFeed({ ...store, form, clock }))
    const data = { by, serviceLine: key.serviceLine, outcome }
    await store.audit.append([{ at: clock(), type: 'customers.changed', data, records: [customerKeyOf(key)] }])
    const { raised } = await lookAtChanges(terminal, store)
    return { value: { outcome, raised }, text: `${outcome}\n`, note: reviewsNote(raised) }
  })

/** All of what is read, as text. */
const readAll = async (input: AsyncIterable<Uint8Array | string>): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of input) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * `customers put`: one record, as a line of a customer file on standard input, for it holds personal data. A line with
 * `deleted: true` withdraws it. Tells what became of it. Refused for a line that is none.
 */
export const putCustomer = async (
  terminal: Terminal,
  { dataDir, input }: { dataDir: string; input: AsyncIterable<Uint8Array | string> },
): Promise<Outcome> => {
  const parsed = parseLine(await readAll(input))
  if (parsed.kind === 'fault') {
    const { field, reason } = parsed.fault
    return unusable(`the line ${field === undefined ? '' : `(${field}) `}${reason}`)
  }
  const { serviceLine, customerId } = parsed.kind === 'record' ? parsed.record : parsed.key
  return change(terminal, { dataDir, key: { serviceLine, customerId } }, feed =>
    parsed.kind === 'record' ? feed.upsert(parsed.record) : feed.remove(parsed.key),
  )
}

/**
 * `customers remove`: withdraws one record. Tells what became of it. Refused for another service line, or where nobody
 * confirms it.
 */
export const removeCustomer = async (
  terminal: Terminal,
  options: { dataDir: string; serviceLine: string; customerId: string; yes?: true },
): Promise<Outcome> => {
  const { dataDir, customerId, yes } = options
  const serviceLine = SERVICE_LINES.find(line => line === options.serviceLine)
  if (serviceLine === undefined) return unusable(`the service line is one of ${SERVICE_LINES.join(', ')}`)
  const key: CustomerKey = { serviceLine, customerId }
  const what = `withdraws the record ${customerKeyOf(key)}: nobody new is linked to it, and a review is opened where somebody is already`
  return (
    (await unconfirmed(terminal, { yes, what, name: customerId })) ??
    change(terminal, { dataDir, key }, feed => feed.remove(key))
  )
}
