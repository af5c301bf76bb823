import type { Command } from 'commander'
import { answer } from './answer.ts'
import { type AccountCommand, changeAccountAccess, listConsents, withdrawConsent } from './commands/account-access.ts'
import { searchAccounts, showAccount } from './commands/accounts.ts'
import { eraseAccount } from './commands/erasures.ts'
import { importAccountsFile } from './commands/import-accounts-file.ts'
import { YES } from './confirm.ts'
import { declare } from './declared.ts'
import type { ProcessTerminal } from './terminal.ts'

const ACCESS: readonly (readonly [command: AccountCommand, description: string, isDangerous: boolean])[] = [
  ['block', 'blocks an account: nobody can log in with it, and its logins end, at PIAS and at the apps', true],
  ['unblock', 'lets the person log in again', false],
  ['revoke-sessions', 'ends all logins, at PIAS and at the apps', true],
]

/** How accounts are found and looked at. */
const addAccountViews = (accounts: Command, terminal: ProcessTerminal): void => {
  accounts
    .command('search')
    .description('finds accounts, masked, as JSON')
    .option('--customer-number <number>', 'accounts that have a record with this number')
    .option(
      '--upstream-subject <subject>',
      'accounts known by this subject at an upstream, or by the reference that accounts show prints',
    )
    .action(
      answer(terminal, (options: { customerNumber?: string; upstreamSubject?: string }) =>
        searchAccounts(terminal, options),
      ),
    )
  accounts
    .command('show')
    .description('prints an account, masked, as JSON')
    .argument('<id>', "the account's id")
    .option('--reveal', 'with name and numbers unmasked; is noted in the audit trail, and needs --reason')
    .option('--reason <text>', 'why, for the audit trail; no personal data')
    .action(
      answer(terminal, (id: string, options: { reveal?: true; reason?: string }) => showAccount(terminal, id, options)),
    )
}

/** Adds what is done to accounts. */
export const addAccountCommands = (program: Command, terminal: ProcessTerminal): void => {
  const dataDir = ['--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir] as const
  const reason = ['--reason <text>', 'why, for the audit trail; no personal data'] as const
  const accounts = program.command('accounts').description('acts on a whole account, by its id')
  accounts
    .command('import')
    .description('imports accounts from before itsme, one JSON object per line; safe to run again')
    .argument('<file>', 'JSON Lines file')
    .option(...dataDir)
    .option('--rejects <file>', 'where rejected lines are reported (default: <file>.rejects.jsonl)')
    .action(
      answer(terminal, (file: string, options: { dataDir: string; rejects?: string }) =>
        importAccountsFile(terminal, { file, rejects: `${file}.rejects.jsonl`, ...options }),
      ),
    )
  for (const [name, description, isDangerous] of ACCESS) {
    const command = accounts
      .command(name)
      .description(description)
      .argument('<id>', "the account's id")
      .requiredOption(...reason)
      .option(...dataDir)
      .action(
        answer(terminal, (id: string, options: { dataDir: string; reason: string; yes?: true }) =>
          changeAccountAccess(terminal, name, { id, ...options }),
        ),
      )
    if (isDangerous) command.option(...YES)
  }

  accounts
    .command('erase')
    .description('destroys its data key and everything that depends on it, and ends its logins')
    .argument('<id>', "the account's id")
    .requiredOption(...reason)
    .option(...YES)
    .action(
      answer(terminal, (id: string, options: { reason: string; yes?: true }) => eraseAccount(terminal, id, options)),
    )
  declare(accounts.command('consents'), { lines: true })
    .description('prints what the person has allowed apps to have')
    .argument('<id>', "the account's id")
    .option(...dataDir)
    .action(answer(terminal, (id: string, options: { dataDir: string }) => listConsents(terminal, { id, ...options })))
  accounts
    .command('withdraw-consent')
    .description('withdraws the person’s consent for an app')
    .argument('<id>', "the account's id")
    .argument('<client>', "the app's client id")
    .option(...dataDir)
    .option(...YES)
    .action(
      answer(terminal, (id: string, clientId: string, options: { dataDir: string; yes?: true }) =>
        withdrawConsent(terminal, { id, clientId, ...options }),
      ),
    )
  addAccountViews(accounts, terminal)
}
