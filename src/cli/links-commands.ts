import type { Command } from 'commander'
import { answer } from './answer.ts'
import { whyLinked } from './commands/accounts.ts'
import { approveChange, type LinkOptions, listChanges, requestChange, withdrawChange } from './commands/links.ts'
import { YES } from './confirm.ts'
import { declare } from './declared.ts'
import type { ProcessTerminal } from './terminal.ts'

/** What every act on links takes. */
const withReason = (command: Command, terminal: ProcessTerminal): Command =>
  command
    .option('--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir)
    .requiredOption('--reason <text>', 'why, for the audit trail; no personal data')
    .option('--dry-run', 'only says what would be done')
    .option(...YES)

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value]

/** Adds what is done to links: each act can be undone. */
export const addLinkCommands = (program: Command, terminal: ProcessTerminal): void => {
  const links = program.command('links').description('which records and logins belong to whom; every act can be undone')
  withReason(links.command('link'), terminal)
    .description('gives a record that nobody has to an account')
    .argument('<account>', "the account's id")
    .argument('<record>', 'service line and number, such as mobile:MOB-1')
    // Whoever leaves it out is told by the name of the value what there is to choose.
    .requiredOption('--role <holder/user/administrator>', 'what the person is on the record')
    .action(
      answer(terminal, (account: string, record: string, options: LinkOptions) =>
        requestChange(terminal, { ...options, kind: 'link', account, record }),
      ),
    )
  withReason(links.command('unlink'), terminal)
    .description('takes a record from whoever has it, and ends the logins of the account')
    .argument('<record>', 'service line and number, such as mobile:MOB-1')
    .action(
      answer(terminal, (record: string, options: LinkOptions) =>
        requestChange(terminal, { ...options, kind: 'unlink', record }),
      ),
    )
  withReason(links.command('merge'), terminal)
    .description('makes an account part of another; somebody else must approve it')
    .argument('<account>', 'the account that is merged')
    .argument('<into>', 'the account whose id stays')
    .option('--app <id>', 'an app that knows the person by the account that is merged; may be repeated', collect)
    .action(
      answer(terminal, (account: string, into: string, options: LinkOptions) =>
        requestChange(terminal, { ...options, kind: 'merge', account, into }),
      ),
    )
  withReason(links.command('split'), terminal)
    .description('moves logins and records into an account of their own')
    .argument('<account>', "the account's id")
    .requiredOption('--identity <start>', 'a login, by the start of what links list shows; may be repeated', collect)
    .option('--record <record>', 'such as mobile:MOB-1; may be repeated', collect)
    .action(
      answer(terminal, (account: string, options: LinkOptions) =>
        requestChange(terminal, { ...options, kind: 'split', account }),
      ),
    )
  withReason(links.command('undo'), terminal)
    .description('undoes an act')
    .argument('<change>', 'its id')
    .action(
      answer(terminal, (change: string, options: LinkOptions) =>
        requestChange(terminal, { ...options, kind: 'undo', change }),
      ),
    )

  const deciding = (command: Command): Command =>
    command
      .argument('<change>', 'its id')
      .option('--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir)
  deciding(links.command('approve'))
    .description('does what somebody else proposed: an admin, or another user of this machine')
    .option(...YES)
    .action(
      answer(terminal, (change: string, options: { dataDir: string; yes?: true }) =>
        approveChange(terminal, { change, ...options }),
      ),
    )
  deciding(links.command('withdraw'))
    .description('withdraws what was proposed')
    .action(
      answer(terminal, (change: string, options: { dataDir: string }) =>
        withdrawChange(terminal, { change, ...options }),
      ),
    )

  declare(links.command('why'), { lines: true })
    .description('explains why an account has its records, or why a record has its owner or none')
    .argument('<what>', "an account's id, or service line and number, such as mobile:MOB-1")
    .action(answer(terminal, (what: string) => whyLinked(terminal, what)))
  declare(links.command('list'), { lines: true })
    .description('prints the logins, records and acts of an account; without one, what waits for a decision')
    .argument('[account]', "the account's id")
    .option('--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir)
    .action(
      answer(terminal, (account: string | undefined, options: { dataDir: string }) =>
        listChanges(terminal, { ...options, ...(account !== undefined && { account }) }),
      ),
    )
}
