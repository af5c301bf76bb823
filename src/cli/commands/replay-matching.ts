import type { ChangesView, ReplayView, RuleOperations, RulesReplay } from '#src/admin/operations/matching-rules.ts'
import { changeRows } from '#src/cli/change-rows.ts'
import { withStore } from '#src/cli/offline.ts'
import { openRules } from '#src/cli/open-rules.ts'
import { type Outcome, unusable } from '#src/cli/outcome.ts'
import { createProgress } from '#src/cli/progress.ts'
import { readErrorBudget, WRONG_BUDGET } from '#src/cli/read-error-budget.ts'
import { grouped, type Terminal, timeOf } from '#src/cli/terminal.ts'
import { NO_VERSION } from './matching-models.ts'

export type ReplayMatchingOptions = {
  readonly dataDir: string
  readonly model?: string
  readonly errorBudget?: string
  readonly people: string
  readonly decisions: string
  readonly days: string
}

const NUMBER = /^\d{1,7}$/
const DAY_MS = 24 * 3600 * 1000

const tellExamples = ({ examples }: ChangesView): string =>
  examples
    .flatMap(({ change, accountId, event, records }) => [
      `  ${change}: ${accountId === undefined ? `event ${event}` : `account ${accountId}`}\n`,
      ...records.map(({ serviceLine, customerId, before, after }) => {
        const [from, to] = [before, after].map(
          side => `${side.verdict} (${side.because}, ${side.wrong.toPrecision(2)})`,
        )
        return `    ${serviceLine}:${customerId} ${from} → ${to}\n`
      }),
    ])
    .join('')

const tellChanges = (view: ChangesView): string =>
  [
    `outcomes that change\n${changeRows(new Map(Object.entries(view.outcomes)))}`,
    `records whose verdict changes\n${changeRows(new Map(Object.entries(view.records)))}`,
    view.examples.length === 0 ? '' : `for example\n${tellExamples(view)}`,
  ].join('')

const tellReplay = (what: string, replayed: ReplayView): string =>
  `\n${what}: ${grouped(replayed.replayed)}, by models that are gone: ${grouped(replayed.skipped)}\n${tellChanges(replayed)}`

const told = ({ inForce, other, decisions, shadow, people }: RulesReplay): string =>
  [
    `${other.version}, error budget ${other.errorBudget}, instead of ${inForce.version}, error budget ${inForce.errorBudget}\n`,
    tellReplay('decisions that were acted on', decisions),
    shadow.replayed + shadow.skipped === 0
      ? ''
      : tellReplay('decisions that were only recorded, by apps in shadow', shadow),
    `\npeople with an account, decided again: ${grouped(people.decided)}\n`,
    tellChanges(people),
    `records it would link that are another's: ${grouped(people.ownedElsewhere)}\n`,
  ].join('')

/**
 * `matching replay`: what another model or error budget would change, of decisions that were made and of those on people
 * who have an account; nothing is changed. Refused for a version or number that is none.
 * @throws `store.unusable` or `store.unavailable`
 */
export const replayMatching = (terminal: Terminal, options: ReplayMatchingOptions): Promise<Outcome> =>
  withStore({ terminal, dataDir: options.dataDir }, async store => {
    const { model, errorBudget, people, decisions, days } = options
    if (![people, decisions, days].every(number => NUMBER.test(number)))
      return unusable('--people, --decisions and --days are numbers')
    const budget = readErrorBudget(errorBudget)
    if (budget === 'wrong') return unusable(WRONG_BUDGET)
    const rules = await openRules(terminal, store)
    const progress = createProgress(terminal, { label: 'deciding', total: Number(people) })
    const replayed = await rules
      .replay({
        people: Number(people),
        decisions: Number(decisions),
        days: Number(days),
        ...(model !== undefined && { version: model }),
        ...(budget !== undefined && { errorBudget: budget }),
        onProgress: done => progress.update({ done, items: done }),
      })
      .finally(progress.stop)
    return replayed === undefined ? NO_VERSION : { value: replayed, text: told(replayed) }
  })

type Outcomes = Awaited<ReturnType<RuleOperations['outcomes']>>[number]

const toldNumbers = (numbers: Readonly<Record<string, number>>): string => {
  const all = Object.values(numbers).reduce((sum, number) => sum + number, 0)
  return Object.entries(numbers)
    .sort()
    .map(([outcome, number]) => `  ${outcome.padEnd(12)}${grouped(number)} (${((100 * number) / all).toFixed(1)} %)\n`)
    .join('')
}

const toldOutcomes = ({ ruleVersion, errorBudget, first, last, outcomes, shadow }: Outcomes): string => {
  const recorded = toldNumbers(shadow)
  const apart = recorded === '' ? '' : `  only recorded, by apps in shadow\n${recorded}`
  const head = `${ruleVersion}, error budget ${errorBudget}, ${timeOf(first)} to ${timeOf(last)}\n`
  return `${head}${toldNumbers(outcomes)}${apart}`
}

/** `matching outcomes`: how decisions came out, by the rules that made them. Refused for a number that is none. */
export const watchMatching = (
  terminal: Terminal,
  { dataDir, days }: { readonly dataDir: string; readonly days: string },
): Promise<Outcome> =>
  withStore({ terminal, dataDir }, async store => {
    if (!NUMBER.test(days)) return unusable('--days is a number')
    const rules = await openRules(terminal, store)
    const counted = await rules.outcomes(terminal.clock() - Number(days) * DAY_MS)
    return { value: { rules: counted }, text: counted.map(toldOutcomes).join('') || 'no decisions\n' }
  })
