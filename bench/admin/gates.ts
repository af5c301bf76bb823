import type { AdminCost } from './measure-admin.ts'

/** Commands to the database that one page or answer may take, those for who asks and for the audit trail included. */
const MOST_COMMANDS = 40
/** Documents and entries of indexes that it may go through: the longest page, its keys and its neighbours. */
const MOST_EXAMINED = 2500

/**
 * What a page or an answer asks too much of the database. Nothing here depends on the machine.
 * @returns a line for each gate that does not hold
 */
export const failedGates = (costs: readonly AdminCost[]): readonly string[] =>
  costs.flatMap(({ side, what, database }) => {
    if (database === undefined) return []
    const limits = [
      ['commands', database.commands, MOST_COMMANDS],
      ['documents examined', database.documents, MOST_EXAMINED],
      ['index entries examined', database.keys, MOST_EXAMINED],
    ] as const
    return limits
      .filter(([, found, most]) => found > most)
      .map(([name, found, most]) => `${side}, ${what}: ${found} ${name}, ${most} at most`)
  })
