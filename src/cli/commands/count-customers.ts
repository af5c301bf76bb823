import { withStore } from '#src/cli/offline.ts'
import type { Outcome } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'

/** `customers count`: the number of customer records, without grouping, for scripts. */
export const countCustomers = async (terminal: Terminal, { dataDir }: { dataDir: string }): Promise<Outcome> => {
  const count = await withStore({ terminal, dataDir }, store => store.customers.count())
  return { value: { count }, text: `${count}\n` }
}
