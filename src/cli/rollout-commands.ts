import type { Command } from 'commander'
import { answer } from './answer.ts'
import { type ExplainOptions, explainRollout } from './commands/explain-rollout.ts'
import { revertRollout, type SetOptions, setRollout, showRollout } from './commands/rollout.ts'
import { type CountOptions, rolloutDecisions, rolloutFunnel } from './commands/rollout-counts.ts'
import { YES } from './confirm.ts'
import type { ProcessTerminal } from './terminal.ts'

const CLIENT = ['--client <id>', "the app's client id"] as const
const REASON = ['--reason <text>', 'why, for the audit trail; no personal data'] as const

/** The commands of `pias rollout`. */
export const addRolloutCommands = (program: Command, terminal: ProcessTerminal): void => {
  const rollout = program.command('rollout').description('how people log in at an app, and since when')

  rollout
    .command('show')
    .description('prints the policy in force, and its earlier versions')
    .requiredOption(...CLIENT)
    .action(answer(terminal, (options: { client: string }) => showRollout(terminal, options)))

  rollout
    .command('set')
    .description('puts a policy in force, from the next request on, on every node')
    .requiredOption(...CLIENT)
    .requiredOption(...REASON)
    .option('--policy <file>', 'a whole policy, as JSON; without it the one in force is changed')
    .option('--set <path=value...>', 'changes one field of it, such as existing.phase=offer or killSwitch=true')
    .option(...YES)
    .action(answer(terminal, (options: SetOptions) => setRollout(terminal, options)))

  rollout
    .command('revert')
    .description('puts the previous policy back in force')
    .requiredOption(...CLIENT)
    .requiredOption(...REASON)
    .option(...YES)
    .action(
      answer(terminal, (options: { client: string; reason: string; yes?: true }) => revertRollout(terminal, options)),
    )

  rollout
    .command('explain')
    .description('prints what a persona would meet, by the policy and the records of this store; writes nothing')
    .requiredOption(...CLIENT)
    .requiredOption('--as <persona>', 'the id of a persona')
    .option(
      '--personas <file>',
      'the personas, as the itsme simulator has them',
      'examples/itsme-simulator/personas.json',
    )
    .option('--policy <file>', 'a policy that is not in force yet, as JSON')
    .option('--account <id>', 'as somebody who is linked to this account')
    .option('--purpose <purpose>', 'login, or registration where the app asks for a new account', 'login')
    .option('--bucket <number>', 'the bucket of the browser, 0 to 99', '0')
    .option('--used-before', 'as a browser that used the upstream before')
    .action(answer(terminal, (options: ExplainOptions) => explainRollout(terminal, options)))

  for (const [name, description, count] of [
    ['funnel', 'prints how many people got how far', rolloutFunnel],
    ['decisions', 'prints how matching came out: acted on, and only recorded by the phase shadow', rolloutDecisions],
  ] as const) {
    rollout
      .command(name)
      .description(description)
      .requiredOption(...CLIENT)
      .requiredOption('--since <day>', 'the first day (UTC), such as 2026-11-28')
      .action(answer(terminal, (options: CountOptions) => count(terminal, options)))
  }
}
