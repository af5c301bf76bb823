import type { Command } from 'commander'
import { answer } from './answer.ts'
import { type AuditOptions, exportAudit, listAudit, verifyAudit } from './commands/audit.ts'
import { declare } from './declared.ts'
import type { ProcessTerminal } from './terminal.ts'

/** The conditions of a search, the same wherever events are looked for. */
const withConditions = (command: Command, dataDir: string): Command =>
  command
    .option('--data-dir <dir>', 'directory of the embedded store', dataDir)
    .option('--account <id>', 'about this account')
    .option('--client <id>', 'about this app')
    .option('--type <type>', 'of this type, such as link.created')
    .option('--from <time>', 'from this time on, such as 2026-11-28 or 2026-11-28T10:00:00Z')
    .option('--to <time>', 'before this time')
    .option('--reveal', "with people's numbers unmasked; is noted in the audit trail, and needs --reason")
    .option('--reason <text>', 'why, for the audit trail; no personal data')

/** Adds what is about the audit trail. */
export const addAuditCommands = (program: Command, terminal: ProcessTerminal): void => {
  const audit = program.command('audit').description('what happened and was decided')
  const list = declare(audit.command('list'), { lines: true }).alias('search').description('prints the newest events')
  withConditions(list, terminal.defaultDataDir)
    .option('--limit <count>', 'how many at most', '50')
    .action(answer(terminal, (options: AuditOptions) => listAudit(terminal, options)))
  const found = declare(audit.command('export'), { format: 'JSON lines or CSV' }).description(
    'prints all events, newest first, for another program',
  )
  withConditions(found, terminal.defaultDataDir)
    .option('--format <format>', 'jsonl or csv', 'jsonl')
    .action(answer(terminal, (options: AuditOptions) => exportAudit(terminal, options)))
  audit
    .command('verify')
    .description('checks that the trail is as it was written; exit code 1 when it is not')
    .option('--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir)
    .option('--known <block:mac>', 'the last line of an earlier run, kept elsewhere')
    .action(answer(terminal, (options: { dataDir: string; known?: string }) => verifyAudit(terminal, options)))
}
