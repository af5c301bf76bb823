import type { Command } from 'commander'
import { migrateStatus, migrateUp } from './commands/migrate.ts'
import type { Terminal } from './terminal.ts'

/** Adds what is about the shape of the database. */
export const addMigrateCommands = (program: Command, terminal: Terminal): void => {
  const migrate = program.command('migrate').description("the database's collections, indexes and validators")
  migrate
    .command('status')
    .description('tells what was done and what is pending; exit code 2 when something is')
    .action(() => migrateStatus(terminal))
  migrate
    .command('up')
    .description('does what is pending; safe to run again, and by several at once')
    .option('--dry-run', 'only tells what would be done')
    .action((options: { dryRun?: true }) => migrateUp(terminal, options))
}
