import type { Command } from 'commander'
import { answer } from './answer.ts'
import { type CloseReviewOptions, closeReview, listReviews, listUndecided, showReview } from './commands/reviews.ts'
import { YES } from './confirm.ts'
import { declare } from './declared.ts'
import type { ProcessTerminal } from './terminal.ts'

/** Adds what is about links that people must look at. */
export const addReviewCommands = (program: Command, terminal: ProcessTerminal): void => {
  const reviews = program.command('reviews').description('links that somebody must review')
  const dataDir = ['--data-dir <dir>', 'directory of the embedded store', terminal.defaultDataDir] as const
  declare(reviews.command('list'), { lines: true })
    .description('prints the open reviews, oldest first')
    .option(...dataDir)
    .option('--all', 'closed reviews as well')
    .action(answer(terminal, (options: { dataDir: string; all?: true }) => listReviews(terminal, options)))
  reviews
    .command('show')
    .description('prints what a review is about and why it was raised')
    .argument('<id>', "the review's id")
    .option(...dataDir)
    .action(answer(terminal, (id: string, options: { dataDir: string }) => showReview(terminal, { id, ...options })))
  declare(reviews.command('undecided'), { lines: true })
    .description('prints the logins that matching would not decide, newest first, with evidence and thresholds')
    .option(...dataDir)
    .option('--limit <count>', 'how many at most', '50')
    .action(answer(terminal, (options: { dataDir: string; limit: string }) => listUndecided(terminal, options)))
  reviews
    .command('close')
    .description('closes a review with what was found; links stay as they are unless an act is named')
    .argument('<id>', "the review's id")
    .requiredOption('--outcome <word>', 'kept, changed or undecided')
    .requiredOption('--reason <text>', 'why, for the audit trail; no personal data')
    .option('--unlink', 'also takes the record from the account, and ends its logins')
    .option('--undo <change>', 'also undoes this act on links')
    .option(YES[0], 'with --unlink or --undo: does it without asking')
    .option(...dataDir)
    .action(answer(terminal, (id: string, options: CloseReviewOptions) => closeReview(terminal, id, options)))
}
