import { type LineFault, type ParsedLine, parseLine } from '#src/customers/lines/parse-line.ts'
import { type CustomerKey, type CustomerRecord, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { CustomerChange, CustomersPort } from '#src/store/ports/customers.ts'
import { createPresence, type PresenceCounts } from './base-profile.ts'
import type { Line } from './read-lines.ts'
import { digestOf, type RecordForm, toStoredCustomer } from './stored-customer.ts'

/** A line that was not taken, by its number in the file (from 1). */
export type RejectedLine = LineFault & { readonly line: number }

/**
 * What lines come to. `changes` are ready to be written; `unchanged` are the records that were stored as they are when
 * somebody looked. `superseded` counts lines that a later line of the same record overtook.
 */
export type PreparedLines = {
  readonly changes: readonly CustomerChange[]
  /** The keys of the changes, as `customerKeyOf`, before anything was sealed. */
  readonly changed: readonly string[]
  readonly unchanged: readonly string[]
  readonly superseded: number
  /** What the people of the records that are to be written have, companies apart. */
  readonly presence: PresenceCounts
  readonly rejected: readonly RejectedLine[]
}

/** Makes lines ready to be written. */
export type PrepareLines = (lines: readonly Line[]) => Promise<PreparedLines>

/** What preparing needs of the store: all of it reading, so that threads may do it beside the one that writes. */
export type PrepareDeps = {
  readonly customers: Pick<CustomersPort, 'unchanged'>
  readonly accounts: Pick<AccountsPort, 'ownersOf'>
  readonly form: RecordForm
  /** Seals a change for a store that is written to below its encryption; nothing by default. */
  readonly sealChange?: (change: CustomerChange) => CustomerChange
}

const parse = (line: Line): ParsedLine =>
  line.kind === 'text' ? parseLine(line.text) : { kind: 'fault', fault: { reason: line.reason } }

type Wanted = { readonly key: CustomerKey; readonly record?: CustomerRecord }

const parseAll = (lines: readonly Line[]) => {
  const wanted = new Map<string, Wanted>()
  const rejected: RejectedLine[] = []
  let superseded = 0
  for (const line of lines) {
    const parsed = parse(line)
    if (parsed.kind === 'fault') {
      rejected.push({ line: line.number, ...parsed.fault })
      continue
    }
    const { serviceLine, customerId } = parsed.kind === 'record' ? parsed.record : parsed.key
    const key = { serviceLine, customerId }
    const text = customerKeyOf(key)
    if (wanted.delete(text)) superseded += 1
    wanted.set(text, parsed.kind === 'record' ? { key, record: parsed.record } : { key })
  }
  return { wanted, rejected, superseded }
}

/**
 * Makes the step from lines to changes: parsed, compared with what is stored, and only what differs normalised and
 * sealed, for that is most of the work.
 */
export const createPrepareLines = (deps: PrepareDeps): PrepareLines => {
  const { customers, accounts, form, sealChange = change => change } = deps

  const toChange = (
    { key, record }: Wanted,
    owners: ReadonlyMap<string, unknown>,
    presence: ReturnType<typeof createPresence>,
  ): CustomerChange => {
    if (record === undefined) return { kind: 'remove', key }
    const person = form.toComparablePerson(record)
    if (record.segment !== 'business') presence.add(person)
    return { kind: 'put', record: toStoredCustomer(record, form, person), watched: owners.has(customerKeyOf(key)) }
  }

  return async lines => {
    const { wanted, rejected, superseded } = parseAll(lines)
    const records = [...wanted.values()].flatMap(({ record }) => record ?? [])
    const asked = records.map(record => ({ ...record, digest: digestOf(record, form) }))
    const same = asked.length === 0 ? new Set<string>() : await customers.unchanged(asked)
    const changed = [...wanted].filter(([key]) => !same.has(key))
    const puts = changed.flatMap(([, { key, record }]) => (record === undefined ? [] : [key]))
    const owners = puts.length === 0 ? new Map<string, unknown>() : await accounts.ownersOf(puts)
    const presence = createPresence()
    return {
      changes: changed.map(([, one]) => sealChange(toChange(one, owners, presence))),
      presence: presence.counts(),
      changed: changed.map(([key]) => key),
      unchanged: [...same],
      superseded,
      rejected,
    }
  }
}
