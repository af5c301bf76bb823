import { Command } from 'commander'
import { addAccountCommands } from './account-commands.ts'
import { addAdminCommands } from './admin-commands.ts'
import { answer } from './answer.ts'
import { addAuditCommands } from './audit-commands.ts'
import { addBackupCommands } from './backup-commands.ts'
import { addClientsCommands, addPlanCommands } from './clients-commands.ts'
import { tellAlarms } from './commands/alarms.ts'
import { checkConfig, printConfig } from './commands/config.ts'
import { type ItsmeOnboardingOptions, itsmeOnboarding } from './commands/itsme-onboarding.ts'
import { addCustomerCommands } from './customer-commands.ts'
import { declare, takeJson } from './declared.ts'
import { addKeyCommands } from './key-commands.ts'
import { addLinkCommands } from './links-commands.ts'
import { addMatchingCommands } from './matching-commands.ts'
import { addMigrateCommands } from './migrate-commands.ts'
import { commandReference, NAMES_IN_REFERENCE } from './reference.ts'
import { addReviewCommands } from './review-commands.ts'
import { addRolloutCommands } from './rollout-commands.ts'
import { takeIds } from './take-ids.ts'
import type { ProcessTerminal } from './terminal.ts'

/** The command tree of `pias`. Each command answers with a value, which `answer.ts` prints. */
export const createProgram = (terminal: ProcessTerminal): Command => {
  const program = new Command('pias').description('Operates PIAS')
  program.showHelpAfterError('(see pias --help)')

  addCustomerCommands(program, terminal)
  addReviewCommands(program, terminal)
  addAccountCommands(program, terminal)
  addMatchingCommands(program, terminal)

  program
    .command('itsme')
    .description('the connection to itsme')
    .command('onboarding')
    .description("prints the answers to itsme's onboarding questions, from the configuration")
    .option('--upstream <id>', 'the upstream it is about (default: all of kind itsme)')
    .action(answer(terminal, (options: ItsmeOnboardingOptions) => itsmeOnboarding(terminal, options)))

  const config = program.command('config').description('the configuration')
  config
    .command('check')
    .description('checks whether a node would start with this configuration, and lists all that is wrong with it')
    .action(answer(terminal, () => checkConfig(terminal)))
  config
    .command('print')
    .description('prints the configuration a node would start with, as JSON without the secrets')
    .action(answer(terminal, () => printConfig(terminal)))

  addKeyCommands(program, terminal)
  addRolloutCommands(program, terminal)
  addBackupCommands(program, terminal)
  addAdminCommands(program, terminal)
  addAuditCommands(program, terminal)
  addLinkCommands(program, terminal)
  addClientsCommands(program, terminal)
  addPlanCommands(program, terminal)
  addMigrateCommands(program, terminal)

  declare(program.command('reference'), { format: 'Markdown' })
    .description('prints this list as Markdown')
    .action(
      answer(terminal, () => {
        const text = commandReference(createProgram({ ...terminal, ...NAMES_IN_REFERENCE }))
        return { value: text, text }
      }),
    )

  program
    .command('alarms')
    .description('says whether linking is going as usual; exit code 1 where an alarm is raised')
    .option('--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir)
    .action(answer(terminal, (options: { dataDir: string }) => tellAlarms(terminal, options)))

  takeJson(program)
  takeIds(program)
  return program
}
