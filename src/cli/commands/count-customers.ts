import { withStore } from '#src/cli/offline.ts'
import type { Terminal } from '#src/cli/terminal.ts'

/** `customers count`: prints the number of customer records, without grouping, for scripts. */
export const countCustomers = async (terminal: Terminal, { dataDir }: { dataDir: string }): Promise<void> => {
  const count = await withStore({ terminal, dataDir }, store => store.customers.count())
  terminal.stdout.write(`${count}\n`)
}
