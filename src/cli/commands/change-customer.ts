import { lookAtChanges, tellReviews } from '#src/cli/look-at-changes.ts'
import { recordFormOf, withStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
import { parseLine } from '#src/customers/lines/parse-line.ts'
import { type CustomerFeed, createCustomerFeed } from '#src/customers/snapshot/customer-feed.ts'
import { type CustomerKey, SERVICE_LINES } from '#src/kernel/customer.ts'

const change = (terminal: Terminal, dataDir: string, apply: (feed: CustomerFeed) => Promise<string>): Promise<void> =>
  withStore({ terminal, dataDir }, async store => {
    const { clock } = terminal
    const form = recordFormOf(terminal.loadConfig().matching)
    const outcome = await apply(createCustomerFeed({ ...store, form, clock }))
    terminal.stdout.write(`${outcome}\n`)
    const { raised } = await lookAtChanges(store, terminal.loadConfig(), clock)
    tellReviews(terminal, raised)
  })

/** All of what is read, as text. */
const readAll = async (input: AsyncIterable<Uint8Array | string>): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of input) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * `customers put`: one record, as a line of a customer file on standard input, for it holds personal data. A line with
 * `deleted: true` withdraws it. Prints what became of it. Exit code 2 for a line that is none.
 */
export const putCustomer = async (
  terminal: Terminal,
  { dataDir, input }: { dataDir: string; input: AsyncIterable<Uint8Array | string> },
): Promise<void> => {
  const parsed = parseLine(await readAll(input))
  if (parsed.kind === 'fault') {
    const { field, reason } = parsed.fault
    return refuse(terminal, `the line ${field === undefined ? '' : `(${field}) `}${reason}`)
  }
  return change(terminal, dataDir, feed =>
    parsed.kind === 'record' ? feed.upsert(parsed.record) : feed.remove(parsed.key),
  )
}

/** `customers remove`: withdraws one record. Prints what became of it. Exit code 2 for another service line. */
export const removeCustomer = async (
  terminal: Terminal,
  options: { dataDir: string; serviceLine: string; customerId: string },
): Promise<void> => {
  const { dataDir, customerId } = options
  const serviceLine = SERVICE_LINES.find(line => line === options.serviceLine)
  if (serviceLine === undefined) return refuse(terminal, `the service line is one of ${SERVICE_LINES.join(', ')}`)
  const key: CustomerKey = { serviceLine, customerId }
  return change(terminal, dataDir, feed => feed.remove(key))
}
