import type { IdentityLine } from './identities/to-identity.ts'
import { personaLines } from './personas.ts'
import type { GroundName } from './population/grounds.ts'
import type { CustomerLine } from './records/to-line.ts'
import { drawWorld, type Level } from './world.ts'

export type DrawOptions = {
  readonly seed: number
  readonly level: Level
  /** The ground they are drawn on; `usual` by default. */
  readonly ground?: GroundName
  /** Records in all. */
  readonly records: number
  /** About how many identities at most, spread evenly over the run; all of the drawn people's by default. */
  readonly identities?: number
  /** Whether the records of the itsme simulator's personas come first. */
  readonly personas?: boolean
}

/** Identities per record, roughly: what `identities` is measured against. */
const IDENTITIES_PER_RECORD = 0.45

/** Whose records are whose: those of one identity, and what is special about the person. */
export type TruthLine = {
  readonly identityId: string
  readonly customerIds: readonly string[]
  readonly classes: readonly string[]
}

/** One line of one of the three files. */
export type DrawnLine =
  | { readonly file: 'customers'; readonly line: CustomerLine }
  | { readonly file: 'identities'; readonly line: IdentityLine }
  | { readonly file: 'truth'; readonly line: TruthLine }

/**
 * Draws records, identities and their truth until there are enough records; of the last family only the records that
 * still fit, so that a truth names no record that is not there.
 */
export function* drawLines({ seed, level, ground, records, identities, personas }: DrawOptions): Generator<DrawnLine> {
  const first = personas ? personaLines() : []
  for (const line of first) yield { file: 'customers', line }
  let left = records - first.length
  const share = Math.min(1, (identities ?? Number.POSITIVE_INFINITY) / (records * IDENTITIES_PER_RECORD))
  let due = 0
  if (left <= 0) return
  for (const family of drawWorld({ seed, level, ...(ground !== undefined && { ground }) })) {
    const fitting = family.records.slice(0, left)
    for (const { line } of fitting) yield { file: 'customers', line }
    const written = new Set(fitting.map(({ line }) => line.customerId))
    for (const { line, customerIds, classes } of family.identities) {
      due += share
      if (due < 1) continue
      due -= 1
      yield { file: 'identities', line }
      const own = customerIds.filter(id => written.has(id))
      yield { file: 'truth', line: { identityId: line.identityId, customerIds: own, classes } }
    }
    left -= fitting.length
    if (left === 0) return
  }
}

/** The records alone: first those of the simulator's personas, then those of a drawn population of the usual dirt. */
export function* generateCustomers(options: { seed: number; customers: number }): Generator<CustomerLine> {
  const { seed, customers } = options
  for (const one of drawLines({ seed, level: 'medium', records: customers, identities: 0, personas: true })) {
    if (one.file === 'customers') yield one.line
  }
}
