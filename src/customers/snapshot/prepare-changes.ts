import type { GoodLine } from '#src/customers/lines/parse-line.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { CustomerChange, CustomersPort } from '#src/store/ports/customers.ts'
import { createPresence, type PresenceCounts } from './base-profile.ts'
import { digestOf, type RecordForm, toStoredCustomer } from './stored-customer.ts'

/** What preparing needs of the store: all of it reading, so that threads may do it beside the one that writes. */
export type PrepareDeps = {
  readonly customers: Pick<CustomersPort, 'unchanged'>
  readonly accounts: Pick<AccountsPort, 'ownersOf'>
  readonly form: RecordForm
  /** Seals a change for a store that is written to below its encryption; nothing by default. */
  readonly sealChange?: (change: CustomerChange) => CustomerChange
}

/**
 * What lines come to. `changes` are ready to be written; `unchanged` are the records that were stored as they are when
 * somebody looked.
 */
export type PreparedChanges = {
  readonly changes: readonly CustomerChange[]
  /** The keys of the changes, as `customerKeyOf`, before anything was sealed. */
  readonly changed: readonly string[]
  readonly unchanged: readonly string[]
  /** What the people of the records that are to be written have, companies apart. */
  readonly presence: PresenceCounts
}

/** The key of a line's record, as `customerKeyOf`. */
const keyOf = (line: GoodLine): string => customerKeyOf(line.kind === 'record' ? line.record : line.key)

/** Of several lines for one record the last, in the order of those that are left; and how many that overtook. */
export const lastOfEach = (lines: readonly GoodLine[]): { last: readonly GoodLine[]; superseded: number } => {
  const last = new Map<string, GoodLine>()
  for (const line of lines) {
    const key = keyOf(line)
    last.delete(key)
    last.set(key, line)
  }
  return { last: [...last.values()], superseded: lines.length - last.size }
}

/**
 * Makes the step from lines, each of another record, to changes: compared with what is stored, and only what differs
 * normalised and sealed, for that is most of the work.
 */
export const createPrepareChanges = (deps: PrepareDeps) => {
  const { customers, accounts, form, sealChange = change => change } = deps

  const toChange = (
    line: GoodLine,
    owners: ReadonlyMap<string, unknown>,
    presence: ReturnType<typeof createPresence>,
  ): CustomerChange => {
    if (line.kind === 'removal') return { kind: 'remove', key: line.key }
    const person = form.toComparablePerson(line.record)
    if (line.record.segment !== 'business') presence.add(person)
    return { kind: 'put', record: toStoredCustomer(line.record, form, person), watched: owners.has(keyOf(line)) }
  }

  return async (lines: readonly GoodLine[]): Promise<PreparedChanges> => {
    const records = lines.flatMap(line => (line.kind === 'record' ? [line.record] : []))
    const asked = records.map(record => ({ ...record, digest: digestOf(record, form) }))
    const same = asked.length === 0 ? new Set<string>() : await customers.unchanged(asked)
    const changed = lines.filter(line => !same.has(keyOf(line)))
    const puts = changed.flatMap(line => (line.kind === 'record' ? [line.record] : []))
    const owners = puts.length === 0 ? new Map<string, unknown>() : await accounts.ownersOf(puts)
    const presence = createPresence()
    return {
      changes: changed.map(line => sealChange(toChange(line, owners, presence))),
      presence: presence.counts(),
      changed: changed.map(keyOf),
      unchanged: [...same],
    }
  }
}
