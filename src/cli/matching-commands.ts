import type { Command } from 'commander'
import { answer } from './answer.ts'
import { type EvaluateMatchingOptions, evaluateMatching } from './commands/evaluate-matching.ts'
import { type ExplainMatchingOptions, explainMatching } from './commands/explain-matching.ts'
import { tellDrift } from './commands/matching-drift.ts'
import { type ActivateOptions, activateMatching, listModels, rollBackMatching } from './commands/matching-models.ts'
import { type ReplayMatchingOptions, replayMatching, watchMatching } from './commands/replay-matching.ts'
import { type TrainMatchingOptions, trainMatching } from './commands/train-matching.ts'
import { YES } from './confirm.ts'
import { declare } from './declared.ts'
import type { ProcessTerminal } from './terminal.ts'

/** Adds what is about which records are whose. */
export const addMatchingCommands = (program: Command, terminal: ProcessTerminal): void => {
  const matching = program.command('matching').description('which records belong to whom')
  const dataDir = ['--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir] as const
  const reason = ['--reason <text>', 'why, for the audit trail; no personal data'] as const
  matching
    .command('evaluate')
    .description('decides on a file of identities as logins would, in a store of its own, and measures the decisions')
    .requiredOption('--customers <file>', 'customer records, as for customers import')
    .requiredOption('--identities <file>', 'identities as itsme delivers them, one JSON object per line')
    .option('--truth <file>', 'which records belong to whom: {identityId, customerIds}, one JSON object per line')
    .requiredOption('--out <file>', 'where the decisions are written')
    .option(
      '--model <model>',
      'stored (the one in force here) or a file written by matching train; by default the built-in one',
    )
    .action(answer(terminal, (options: EvaluateMatchingOptions) => evaluateMatching(terminal, options)))
  declare(matching.command('explain'), { lines: true })
    .description('explains why records were linked, offered or passed over, as decided at the time')
    .option(...dataDir)
    .option('--account <id>', 'all decisions about an account')
    .option('--customer <key>', 'about a record that an account has, as service line and number: mobile:MOB-1')
    .option('--event <sequence>', 'of one audit event, for somebody without an account')
    .action(answer(terminal, (options: ExplainMatchingOptions) => explainMatching(terminal, options)))
  matching
    .command('train')
    .description('derives a matching model from the customer records, without labels, and shows what it would change')
    .option(...dataDir)
    .option('--people <number>', 'people on whom it is compared with the model in force', '2000')
    .option('--days <number>', 'how many days back decisions count as recent', '30')
    .option('--out <file>', 'also writes the model to this file')
    .action(answer(terminal, (options: TrainMatchingOptions) => trainMatching(terminal, options)))
  matching
    .command('drift')
    .description('compares how often each field agreed in decisions with what the model in force expects')
    .option(...dataDir)
    .option('--days <number>', 'how many days back', '30')
    .action(answer(terminal, (options: { dataDir: string; days: string }) => tellDrift(terminal, options)))
  matching
    .command('models')
    .description('prints the versions of the model, and which one is in force')
    .option(...dataDir)
    .action(answer(terminal, (options: { dataDir: string }) => listModels(terminal, options)))
  matching
    .command('replay')
    .description('shows what another model or error budget would change, with examples; changes nothing')
    .option(...dataDir)
    .option('--model <version>', 'as train and models print it; by default the one in force')
    .option('--error-budget <probability>', 'accepted probability of a wrong link; by default the one in force')
    .option('--people <number>', 'people with an account to decide on again', '2000')
    .option('--decisions <number>', 'decisions of each kind to weigh again', '20000')
    .option('--days <number>', 'how many days back those may be', '30')
    .action(answer(terminal, (options: ReplayMatchingOptions) => replayMatching(terminal, options)))
  matching
    .command('activate')
    .description('puts a version of the model in force')
    .argument('<version>', 'as train and models print it')
    .option(...dataDir)
    .option('--error-budget <probability>', 'accepted probability of a wrong link; by default the configured one')
    .option(...reason)
    .option(...YES)
    .action(
      answer(terminal, (version: string, options: Omit<ActivateOptions, 'version'>) =>
        activateMatching(terminal, { version, ...options }),
      ),
    )
  matching
    .command('outcomes')
    .description('counts how decisions came out, by the rules that made them')
    .option(...dataDir)
    .option('--days <number>', 'how many days back', '30')
    .action(answer(terminal, (options: { dataDir: string; days: string }) => watchMatching(terminal, options)))
  matching
    .command('rollback')
    .description('puts the previous version back in force')
    .option(...dataDir)
    .option(...reason)
    .option(...YES)
    .action(
      answer(terminal, (options: { dataDir: string; reason?: string; yes?: true }) =>
        rollBackMatching(terminal, options),
      ),
    )
}
