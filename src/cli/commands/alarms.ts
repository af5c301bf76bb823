import { createAlarms } from '#src/alarms/create-alarms.ts'
import { withStore } from '#src/cli/offline.ts'
import type { Terminal } from '#src/cli/terminal.ts'

/**
 * `alarms`: whether linking goes as it uses to, as a node looked last. Exit code 1 where an alarm is raised.
 * @throws what the store throws
 */
export const tellAlarms = (terminal: Terminal, options: { readonly dataDir: string; readonly json?: true }) =>
  withStore({ terminal, dataDir: options.dataDir }, async store => {
    const { clock, stdout } = terminal
    const thresholds = terminal.loadConfig().alarms
    const found = await createAlarms({ ...store, thresholds, clock, logger: { warn: () => undefined } }).view()
    if (found.alarms.length > 0) terminal.setExitCode(1)
    if (options.json) {
      stdout.write(`${JSON.stringify(found)}\n`)
      return
    }
    for (const { name, value, expected, since } of found.alarms) {
      stdout.write(`${name}: ${value} instead of ${expected}, since ${new Date(since).toISOString()}\n`)
    }
    const { at, window } = found
    const looked = at === 0 ? 'nobody has looked yet' : `looked at ${new Date(at).toISOString()}`
    stdout.write(`${looked}: ${window.linked} of ${window.decisions} linked at once, ${window.confirm} asked, `)
    stdout.write(`${window.acceptedProofs} proofs accepted, ${window.refusedProofs} refused\n`)
  })
