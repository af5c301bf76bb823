import type { Command } from 'commander'
import { checkBackup, makeBackup } from './commands/backup.ts'
import { exportErasures, replayLedger } from './commands/erasures.ts'
import type { Terminal } from './terminal.ts'

/** Adds what is about copies of the data, and about what must not come back with them. */
export const addBackupCommands = (program: Command, terminal: Terminal): void => {
  const erasures = program.command('erasures').description('the ledger of erased accounts')
  erasures
    .command('export')
    .description('prints it, one JSON object a line; to be kept where the backups are')
    .action(() => exportErasures(terminal))
  erasures
    .command('replay')
    .description('erases in a restored store what was erased since it was copied')
    .argument('<file>', 'an exported ledger')
    .action((file: string) => replayLedger(terminal, file))

  const backup = program.command('backup').description('copies of what lasts')
  backup
    .command('make')
    .description('writes a copy of the embedded store while nodes go on')
    .argument('<file>', 'a file that is not there yet')
    .action((file: string) => makeBackup(terminal, file))
  backup
    .command('check')
    .description('says whether a restored copy is whole; exit code 2 when it is not')
    .argument(
      '[place]',
      'an SQLite file, its directory, or a mongodb: URL with the database; by default the configured store',
    )
    .option('--ledger <file>', 'the ledger of erasures as it was exported last')
    .action((place: string | undefined, options: { ledger?: string }) => checkBackup(terminal, place, options))
}
