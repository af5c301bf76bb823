import type { Terminal } from '#src/cli/terminal.ts'
import { redact } from '#src/config/redact.ts'

/**
 * `config print`: the configuration a node would start with here, as JSON, defaults filled in and secrets left out.
 * @throws PiasError `config.*` for one it would not start with
 */
export const printConfig = (terminal: Terminal): void => {
  terminal.stdout.write(`${JSON.stringify(redact(terminal.loadConfig()), null, 2)}\n`)
}
