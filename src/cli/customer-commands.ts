import type { Command } from 'commander'
import { answer } from './answer.ts'
import { putCustomer, removeCustomer } from './commands/change-customer.ts'
import { countCustomers } from './commands/count-customers.ts'
import { importCustomersFile } from './commands/import-customers-file.ts'
import { YES } from './confirm.ts'
import type { ProcessTerminal } from './terminal.ts'

/** Adds what is about the customer records themselves. */
export const addCustomerCommands = (program: Command, terminal: ProcessTerminal): void => {
  const customers = program.command('customers').description('the customer records of the four service lines')
  const dataDir = ['--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir] as const

  customers
    .command('import')
    .description('imports a file of customer records, one JSON object per line; safe to run again')
    .argument('<file>', 'JSON Lines file')
    .option(...dataDir)
    .option('--rejects <file>', 'where rejected lines are reported (default: <file>.rejects.jsonl)')
    .option('--threads <number>', 'threads that prepare lines, 0 for none (default: depends on the size of the file)')
    .action(
      answer(terminal, (file: string, options: { dataDir: string; rejects?: string; threads?: string }) =>
        importCustomersFile(terminal, { file, rejects: `${file}.rejects.jsonl`, ...options }),
      ),
    )
  customers
    .command('put')
    .description('imports one record: a line of such a file, on standard input')
    .option(...dataDir)
    .action(
      answer(terminal, (options: { dataDir: string }) => putCustomer(terminal, { ...options, input: terminal.input })),
    )
  customers
    .command('remove')
    .description('withdraws one record')
    .argument('<service-line>', 'mobile, internet, tv or landline')
    .argument('<customer-id>', 'its customer number')
    .option(...dataDir)
    .option(...YES)
    .action(
      answer(terminal, (serviceLine: string, customerId: string, options: { dataDir: string; yes?: true }) =>
        removeCustomer(terminal, { serviceLine, customerId, ...options }),
      ),
    )
  customers
    .command('count')
    .description('prints how many customer records there are')
    .option(...dataDir)
    .action(answer(terminal, (options: { dataDir: string }) => countCustomers(terminal, options)))
}
