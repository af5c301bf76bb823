import { createAlarms } from '#src/alarms/create-alarms.ts'
import { withStore } from '#src/cli/offline.ts'
import type { Outcome } from '#src/cli/outcome.ts'
import { SILENT } from '#src/cli/silent.ts'
import { type Terminal, timeOf } from '#src/cli/terminal.ts'

/**
 * `alarms`: whether linking goes as it uses to, as a node looked last; `wrong` where an alarm is raised.
 * @throws what the store throws
 */
export const tellAlarms = (terminal: Terminal, { dataDir }: { readonly dataDir: string }): Promise<Outcome> =>
  withStore({ terminal, dataDir }, async store => {
    const { clock } = terminal
    const thresholds = terminal.loadConfig().alarms
    const value = await createAlarms({ ...store, thresholds, clock, logger: SILENT }).view()
    const { alarms, at, window } = value
    const raised = alarms.map(
      ({ name, value, expected, since }) => `${name}: ${value} instead of ${expected}, since ${timeOf(since)}\n`,
    )
    const looked = at === 0 ? 'nobody has looked yet' : `looked at ${timeOf(at)}`
    const decisions = `${window.linked} of ${window.decisions} linked at once, ${window.confirm} asked`
    const proofs = `${window.acceptedProofs} proofs accepted, ${window.refusedProofs} refused`
    const text = `${raised.join('')}${looked}: ${decisions}, ${proofs}\n`
    return { value, text, ...(alarms.length > 0 && { end: 'wrong' }) }
  })
