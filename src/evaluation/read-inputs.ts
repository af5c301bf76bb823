import { type EvaluatedIdentity, readIdentity } from './identity-line.ts'
import { createFaults, createSeen, type Faults, type ReadLine, readInputLines } from './input-lines.ts'
import { readTruth, type Truth } from './truth-line.ts'

/** Reads all lines, each id once; a second one goes to `faults` with the line of the first. */
const readOnce = async <T extends { readonly identityId: string }>(
  file: string,
  read: (json: unknown) => ReadLine<T>,
  faults: Faults,
): Promise<readonly T[]> => {
  const seen = createSeen()
  const values: T[] = []
  for await (const { line, value } of readInputLines(file, read, faults)) {
    const before = seen.add(value.identityId, line)
    if (before === undefined) values.push(value)
    else faults.add(file, line, `the identityId stands on line ${before} already`)
  }
  return values
}

const customerIdOf = (json: unknown): ReadLine<string | undefined> => {
  const { customerId } = (json ?? {}) as { customerId?: unknown }
  return { value: typeof customerId === 'string' ? customerId : undefined }
}

/**
 * Looks for a customer number that stands twice, even in two service lines: decisions and truth name a record by its
 * number alone. Lines that are no records are left to the import, which tells them.
 */
const checkCustomerIds = async (file: string, faults: Faults): Promise<void> => {
  const seen = createSeen()
  const leftToImport: Faults = { add: () => {}, told: () => [] }
  for await (const { line, value } of readInputLines(file, customerIdOf, leftToImport)) {
    const before = value === undefined ? undefined : seen.add(value, line)
    if (before !== undefined) faults.add(file, line, `the customerId stands for another record on line ${before}`)
  }
}

/** What an evaluation is made of, besides the customers; `truths` by identity. */
export type Inputs = {
  readonly identities: readonly EvaluatedIdentity[]
  readonly truths: ReadonlyMap<string, Truth> | undefined
}

/**
 * Reads the identities and the truth, and checks the customers, before anything is done with them: a bad file costs
 * seconds, not an import.
 * @returns the inputs, or what is wrong with them, a text a line
 * @throws file system errors
 */
export const readInputs = async (files: {
  customers: string
  identities: string
  truth?: string
}): Promise<Inputs | { readonly faults: readonly string[] }> => {
  const faults = createFaults()
  const identities = await readOnce(files.identities, readIdentity, faults)
  const truths = files.truth === undefined ? undefined : await readOnce(files.truth, readTruth, faults)
  await checkCustomerIds(files.customers, faults)
  const told = faults.told()
  if (told.length > 0) return { faults: told }
  return { identities, truths: truths && new Map(truths.map(truth => [truth.identityId, truth])) }
}
