import { Command } from 'commander'
import { addAdminCommands } from './admin-commands.ts'
import { addAuditCommands } from './audit-commands.ts'
import { addBackupCommands } from './backup-commands.ts'
import { addClientsCommands, addPlanCommands } from './clients-commands.ts'
import { type AccountCommand, changeAccountAccess, listConsents, withdrawConsent } from './commands/account-access.ts'
import { eraseAccount } from './commands/erasures.ts'
import { importAccountsFile } from './commands/import-accounts-file.ts'
import { type ItsmeOnboardingOptions, itsmeOnboarding } from './commands/itsme-onboarding.ts'
import { addKekVersion, createKekFile, moveKek, rewrapKeys } from './commands/kek.ts'
import { keysRotate, keysStatus, keysWithdraw, SIGNING } from './commands/keys.ts'
import { migrateStatus, migrateUp } from './commands/migrate.ts'
import { printConfig } from './commands/print-config.ts'
import { addCustomerCommands } from './customer-commands.ts'
import { addAccountViews, addLinkCommands } from './links-commands.ts'
import { addMatchingCommands } from './matching-commands.ts'
import { commandReference, NAMES_IN_REFERENCE } from './reference.ts'
import { addReviewCommands } from './review-commands.ts'
import { addRolloutCommands } from './rollout-commands.ts'
import type { Terminal } from './terminal.ts'

/** The command tree of `pias`. A command that fails rejects; the caller words it (`failureLine`). */
export const createProgram = (terminal: Terminal): Command => {
  const program = new Command('pias').description('Operates PIAS')
  program.showHelpAfterError('(pias --help tells more)')

  const dataDir = ['--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir] as const

  addCustomerCommands(program, terminal)
  addReviewCommands(program, terminal)

  const accounts = program.command('accounts').description('what is done to an account as a whole, by its id')
  const accountCommands: readonly (readonly [AccountCommand, string])[] = [
    ['block', 'lets nobody in and ends what is there, at PIAS and at the apps'],
    ['unblock', 'lets the person log in again'],
    ['revoke-sessions', 'ends all logins, at PIAS and at the apps'],
  ]
  accounts
    .command('import')
    .description('brings in accounts from before itsme, one JSON object a line; may be repeated')
    .argument('<file>', 'JSON Lines file')
    .option(...dataDir)
    .option('--rejects <file>', 'where rejected lines are told (default: <file>.rejects.jsonl)')
    .action((file: string, options: { dataDir: string; rejects?: string }) =>
      importAccountsFile(terminal, { file, rejects: `${file}.rejects.jsonl`, ...options }),
    )
  for (const [name, description] of accountCommands) {
    accounts
      .command(name)
      .description(description)
      .argument('<id>', "the account's id")
      .option(...dataDir)
      .action((id: string, options: { dataDir: string }) => changeAccountAccess(terminal, name, { id, ...options }))
  }

  accounts
    .command('erase')
    .description('destroys its data key and all that hangs on it, and ends its logins')
    .argument('<id>', "the account's id")
    .requiredOption('--reason <text>', 'why, for the audit trail; no personal data')
    .option('--yes', 'does it without a question')
    .action((id: string, options: { reason: string; yes?: true }) => eraseAccount(terminal, id, options))
  accounts
    .command('consents')
    .description('prints what the person lets apps have')
    .argument('<id>', "the account's id")
    .option(...dataDir)
    .action((id: string, options: { dataDir: string }) => listConsents(terminal, { id, ...options }))
  accounts
    .command('withdraw-consent')
    .description('takes back what an app may have')
    .argument('<id>', "the account's id")
    .argument('<client>', "the app's client id")
    .option(...dataDir)
    .action((id: string, clientId: string, options: { dataDir: string }) =>
      withdrawConsent(terminal, { id, clientId, ...options }),
    )

  addAccountViews(accounts, terminal)
  addMatchingCommands(program, terminal)

  program
    .command('itsme')
    .description('the connection to itsme')
    .command('onboarding')
    .description("prints what itsme's onboarding asks, from the configuration")
    .option('--upstream <id>', 'the upstream it is about (default: all of kind itsme)')
    .option('--json', 'as JSON')
    .action((options: ItsmeOnboardingOptions) => itsmeOnboarding(terminal, options))

  program
    .command('config')
    .description('the configuration')
    .command('print')
    .description('prints what a node would start with here, as JSON without the secrets')
    .action(() => printConfig(terminal))

  const kek = program.command('kek').description('the key-encryption key, which protects all others')
  kek
    .command('create')
    .description('makes a file with a first version')
    .argument('<file>', 'where it belongs: not beside the data')
    .action((file: string) => createKekFile(terminal, file))
  kek
    .command('add-version')
    .description('adds a version to the configured file; it counts for what is wrapped from then on')
    .action(() => addKekVersion(terminal))
  kek
    .command('rewrap')
    .description('lets the newest version wrap all keys; nodes go on undisturbed')
    .action(() => rewrapKeys(terminal))
  kek
    .command('move')
    .description('lets the configured key wrap what another one has, such as Vault what a file has; while no node runs')
    .argument('<file>', 'the old `kek` setting as JSON')
    .action((file: string) => moveKek(terminal, file))

  const keys = program.command('keys').description('the keys PIAS signs with, and those others encrypt to')
  const ring = ['--keys <name>', 'which: "signing" for its tokens, or the id of an upstream', SIGNING] as const
  keys
    .command('status')
    .description('prints every key with its state: next, current or retired')
    .option('--json', 'as JSON')
    .action((options: { json?: true }) => keysStatus(terminal, options))
  keys
    .command('rotate')
    .description('publishes the next keys, which take over by themselves')
    .option(...ring)
    .option('--now', 'uses them at once, if everybody has had the time to see them')
    .option('--force', 'with --now: even if not')
    .action((options: { keys: string; now?: true; force?: true }) => keysRotate(terminal, options))
  keys
    .command('withdraw')
    .description('takes a key that leaked away from everybody; what it signed is not verified any more')
    .argument('<kid>', 'its id')
    .option(...ring)
    .option('--yes', 'does it without a question')
    .action((kid: string, options: { keys: string; yes?: true }) => keysWithdraw(terminal, kid, options))

  addRolloutCommands(program, terminal)
  addBackupCommands(program, terminal)
  addAdminCommands(program, terminal)
  addAuditCommands(program, terminal)
  addLinkCommands(program, terminal)
  addClientsCommands(program, terminal)
  addPlanCommands(program, terminal)

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

  program
    .command('reference')
    .description('prints this list as Markdown')
    .action(() => {
      terminal.stdout.write(commandReference(createProgram({ ...terminal, ...NAMES_IN_REFERENCE })))
    })

  return program
}
