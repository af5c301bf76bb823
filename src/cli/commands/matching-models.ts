import type { RuleOperations, RulesChanged } from '#src/admin/operations/matching-rules.ts'
import { unconfirmed } from '#src/cli/confirm.ts'
import { withStore } from '#src/cli/offline.ts'
import { openRules } from '#src/cli/open-rules.ts'
import { failed, notFound, type Outcome, refused, unusable } from '#src/cli/outcome.ts'
import { readErrorBudget, WRONG_BUDGET } from '#src/cli/read-error-budget.ts'
import { type Terminal, timeOf } from '#src/cli/terminal.ts'

type Change = { readonly dataDir: string; readonly reason?: string; readonly yes?: true }
export type ActivateOptions = Change & { readonly version: string; readonly errorBudget?: string }

const NO_REASON = 'on the command line'

/** What is said where a version is named that there is not. */
export const NO_VERSION = notFound('there is no such version: pias matching models tells which there are')

const withRules = (
  terminal: Terminal,
  dataDir: string,
  run: (rules: RuleOperations) => Promise<Outcome>,
): Promise<Outcome> => withStore({ terminal, dataDir }, async store => run(await openRules(terminal, store)))

/** What is said of a change of the rules in force. */
const told = (changed: RulesChanged): Outcome => {
  if (changed.kind === 'unknown') return NO_VERSION
  if (changed.kind === 'nothing')
    return refused('nothing', 'no version was put in force: there is nothing to go back from')
  if (changed.kind !== 'changed') return failed('stale', 'somebody changed the rules at this moment: look again')
  const { inForce } = changed.rules
  const { version, errorBudget } = inForce
  return {
    value: { inForce },
    text: `${version} is in force on all nodes within a minute, error budget ${errorBudget}\n`,
  }
}

/** `matching models`: every version, when it was trained, and which one is in force. */
export const listModels = (terminal: Terminal, { dataDir }: { readonly dataDir: string }): Promise<Outcome> =>
  withRules(terminal, dataDir, async rules => {
    const { inForce, versions, activations } = await rules.list()
    const lines = versions.map(({ version, trainedAt }) => {
      const at = trainedAt === undefined ? 'built-in' : timeOf(trainedAt)
      const force = version === inForce.version ? ` in force, error budget ${inForce.errorBudget}` : ''
      return `${version} ${at}${force}\n`
    })
    return { value: { inForce, versions, activations }, text: lines.join('') }
  })

/**
 * `matching activate`: puts a version in force. Refused where there is no such version, for a wrong error budget, or where
 * nobody confirms it.
 */
export const activateMatching = (
  terminal: Terminal,
  { version, dataDir, errorBudget, reason, yes }: ActivateOptions,
): Promise<Outcome> =>
  withRules(terminal, dataDir, async rules => {
    const budget = readErrorBudget(errorBudget)
    if (budget === 'wrong') return unusable(WRONG_BUDGET)
    const { state: looked, inForce, versions } = await rules.list()
    if (!versions.some(one => one.version === version)) return NO_VERSION
    const what = `puts ${version} in force instead of ${inForce.version}: from then on it decides who is linked`
    const stop = await unconfirmed(terminal, { yes, what, name: version })
    if (stop !== undefined) return stop
    const by = terminal.operator
    const wanted = { version, ...(budget !== undefined && { errorBudget: budget }) }
    return told(await rules.activate({ ...wanted, looked, by, reason: reason ?? NO_REASON }))
  })

/**
 * `matching rollback`: puts the previous version back in force; at last the built-in one. Refused where nobody
 * confirms it.
 */
export const rollBackMatching = (terminal: Terminal, { dataDir, reason, yes }: Change): Promise<Outcome> =>
  withRules(terminal, dataDir, async rules => {
    const { state: looked, inForce } = await rules.list()
    const { version } = inForce
    const what = `puts in force what was before ${version}: from then on it decides who is linked`
    const stop = await unconfirmed(terminal, { yes, what, name: version })
    if (stop !== undefined) return stop
    return told(await rules.rollBack({ looked, by: terminal.operator, reason: reason ?? NO_REASON }))
  })
