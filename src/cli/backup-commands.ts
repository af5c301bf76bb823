import type { Command } from 'commander'
import { answer } from './answer.ts'
import { checkBackup, makeBackup } from './commands/backup.ts'
import { exportErasures, replayLedger } from './commands/erasures.ts'
import { YES } from './confirm.ts'
import { declare } from './declared.ts'
import type { ProcessTerminal } from './terminal.ts'

/** Adds what is about copies of the data, and about what must not come back with them. */
export const addBackupCommands = (program: Command, terminal: ProcessTerminal): void => {
  const erasures = program.command('erasures').description('the ledger of erased accounts')
  declare(erasures.command('export'), { format: 'JSON lines' })
    .description('prints the ledger, one JSON object per line; keep it where the backups are')
    .action(answer(terminal, () => exportErasures(terminal)))
  erasures
    .command('replay')
    .description('erases from a restored store what was erased after the backup')
    .argument('<file>', 'an exported ledger')
    .option(...YES)
    .action(answer(terminal, (file: string, options: { yes?: true }) => replayLedger(terminal, file, options)))

  const backup = program.command('backup').description('copies of the durable data')
  backup
    .command('make')
    .description('writes a copy of the embedded store while a node runs')
    .argument('<file>', 'a file that is not there yet')
    .action(answer(terminal, (file: string) => makeBackup(terminal, file)))
  backup
    .command('check')
    .description('checks whether a restored copy is whole; exit code 1 when it is not')
    .argument(
      '[place]',
      'an SQLite file, its directory, or a mongodb: URL with the database; by default the configured store',
    )
    .option('--ledger <file>', 'the latest export of the ledger of erasures')
    .action(
      answer(terminal, (place: string | undefined, options: { ledger?: string }) =>
        checkBackup(terminal, place, options),
      ),
    )
}
