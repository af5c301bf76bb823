import { Command } from 'commander'
import { addAccountCommands } from './account-commands.ts'
import { addAdminCommands } from './admin-commands.ts'
import { addAuditCommands } from './audit-commands.ts'
import { addBackupCommands } from './backup-commands.ts'
import { addClientsCommands, addPlanCommands } from './clients-commands.ts'
import { tellAlarms } from './commands/alarms.ts'
import { type ItsmeOnboardingOptions, itsmeOnboarding } from './commands/itsme-onboarding.ts'
import { printConfig } from './commands/print-config.ts'
import { addCustomerCommands } from './customer-commands.ts'
import { addKeyCommands } from './key-commands.ts'
import { addLinkCommands } from './links-commands.ts'
import { addMatchingCommands } from './matching-commands.ts'
import { addMigrateCommands } from './migrate-commands.ts'
import { commandReference, NAMES_IN_REFERENCE } from './reference.ts'
import { addReviewCommands } from './review-commands.ts'
import { addRolloutCommands } from './rollout-commands.ts'
import { takeIds } from './take-ids.ts'
import type { Terminal } from './terminal.ts'

/** The command tree of `pias`. A command that fails rejects; the caller words it (`failureLine`). */
export const createProgram = (terminal: Terminal): Command => {
  const program = new Command('pias').description('Operates PIAS')
  program.showHelpAfterError('(pias --help tells more)')

  addCustomerCommands(program, terminal)
  addReviewCommands(program, terminal)
  addAccountCommands(program, terminal)
  addMatchingCommands(program, terminal)

  program
    .command('itsme')
    .description('the connection to itsme')
    .command('onboarding')
    .description("prints what itsme's onboarding asks, from the configuration")
    .option('--upstream <id>', 'the upstream it is about (default: all of kind itsme)')
    .option('--json', 'as JSON')
    .action((options: ItsmeOnboardingOptions) => itsmeOnboarding(terminal, options))

  const config = program.command('config').description('the configuration')
  config
    .command('check')
    .description('tells whether a node would start with what is configured here, and all that is wrong with it')
    .action(() => {
      const { environment, issuer } = terminal.loadConfig()
      terminal.stdout.write(`the configuration holds: ${environment}, ${issuer}\n`)
    })
  config
    .command('print')
    .description('prints what a node would start with here, as JSON without the secrets')
    .action(() => printConfig(terminal))

  addKeyCommands(program, terminal)
  addRolloutCommands(program, terminal)
  addBackupCommands(program, terminal)
  addAdminCommands(program, terminal)
  addAuditCommands(program, terminal)
  addLinkCommands(program, terminal)
  addClientsCommands(program, terminal)
  addPlanCommands(program, terminal)
  addMigrateCommands(program, terminal)

  program
    .command('reference')
    .description('prints this list as Markdown')
    .action(() => {
      terminal.stdout.write(commandReference(createProgram({ ...terminal, ...NAMES_IN_REFERENCE })))
    })

  program
    .command('alarms')
    .description('tells whether linking goes as it uses to; exit code 1 where an alarm is raised')
    .option('--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir)
    .option('--json', 'as JSON')
    .action((options: { dataDir: string; json?: true }) => tellAlarms(terminal, options))

  takeIds(program)
  return program
}
