import type { Command } from 'commander'
import { answer } from './answer.ts'
import { migrateStatus, migrateUp } from './commands/migrate.ts'
import { declare } from './declared.ts'
import type { ProcessTerminal } from './terminal.ts'

/** Adds what is about the shape of the database. */
export const addMigrateCommands = (program: Command, terminal: ProcessTerminal): void => {
  const migrate = program.command('migrate').description("the database's collections, indexes and validators")
  declare(migrate.command('status'), { pendingIsTwo: true })
    .description('shows what is done and what is pending; exit code 2 when something is')
    .action(answer(terminal, () => migrateStatus(terminal)))
  migrate
    .command('up')
    .description('applies what is pending; safe to run again, and by several at once')
    .option('--dry-run', 'only says what would be done')
    .action(answer(terminal, (options: { dryRun?: true }) => migrateUp(terminal, options)))
}
