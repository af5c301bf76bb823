import type { RuleOperations, RulesChanged } from '#src/admin/operations/matching-rules.ts'
import { withStore } from '#src/cli/offline.ts'
import { openRules } from '#src/cli/open-rules.ts'
import { readErrorBudget, WRONG_BUDGET } from '#src/cli/read-error-budget.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'

type Options = { readonly dataDir: string; readonly json?: true }
type Change = Options & { readonly reason?: string }
export type ActivateOptions = Change & { readonly version: string; readonly errorBudget?: string }

const NO_REASON = 'on the command line'

const withRules = (terminal: Terminal, dataDir: string, run: (rules: RuleOperations) => Promise<void>): Promise<void> =>
  withStore({ terminal, dataDir }, async store => run(await openRules(terminal, store)))

/** What is said of a change of the rules in force. */
const tellChange = (terminal: Terminal, changed: RulesChanged, json: true | undefined): void => {
  if (changed.kind === 'unknown')
    return refuse(terminal, 'there is no such version: pias matching models tells which there are')
  if (changed.kind !== 'changed') return refuse(terminal, 'somebody changed the rules at this moment: look again', 1)
  const { inForce } = changed.rules
  const words = `${inForce.version} is in force on all nodes within a minute, error budget ${inForce.errorBudget}\n`
  terminal.stdout.write(json ? `${JSON.stringify({ inForce })}\n` : words)
}

/** `matching models`: every version, when it was trained, and which one is in force. */
export const listModels = (terminal: Terminal, { dataDir, json }: Options): Promise<void> =>
  withRules(terminal, dataDir, async rules => {
    const { inForce, versions, activations } = await rules.list()
    if (json) {
      terminal.stdout.write(`${JSON.stringify({ inForce, versions, activations })}\n`)
      return
    }
    for (const { version, trainedAt } of versions) {
      const at = trainedAt === undefined ? 'set by hand' : new Date(trainedAt).toISOString()
      const force = version === inForce.version ? ` in force, error budget ${inForce.errorBudget}` : ''
      terminal.stdout.write(`${version} ${at}${force}\n`)
    }
  })

/** `matching activate`: puts a version in force. Exit code 2 when there is no such version, or for a wrong error budget. */
export const activateMatching = (
  terminal: Terminal,
  { version, dataDir, json, errorBudget, reason }: ActivateOptions,
): Promise<void> =>
  withRules(terminal, dataDir, async rules => {
    const budget = readErrorBudget(errorBudget)
    if (budget === 'wrong') return refuse(terminal, WRONG_BUDGET)
    const { state: looked } = await rules.list()
    const by = terminal.operator
    const wanted = { version, ...(budget !== undefined && { errorBudget: budget }) }
    tellChange(terminal, await rules.activate({ ...wanted, looked, by, reason: reason ?? NO_REASON }), json)
  })

/** `matching rollback`: puts the version in force that was before; at last the one set by hand. */
export const rollBackMatching = (terminal: Terminal, { dataDir, json, reason }: Change): Promise<void> =>
  withRules(terminal, dataDir, async rules => {
    const { state: looked } = await rules.list()
    const by = terminal.operator
    tellChange(terminal, await rules.rollBack({ looked, by, reason: reason ?? NO_REASON }), json)
  })
