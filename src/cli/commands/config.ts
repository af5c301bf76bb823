import { asJson, type Outcome } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { redact } from '#src/config/redact.ts'

/**
 * `config print`: the configuration a node would start with here, as JSON, defaults filled in and secrets left out.
 * @throws PiasError `config.*` for one it would not start with
 */
export const printConfig = (terminal: Terminal): Outcome => asJson(redact(terminal.loadConfig()))

/**
 * `config check`: whether a node would start with what is configured here.
 * @throws PiasError `config.*` that names all that is wrong
 */
export const checkConfig = (terminal: Terminal): Outcome => {
  const { environment, issuer } = terminal.loadConfig()
  return { value: { environment, issuer }, text: `the configuration holds: ${environment}, ${issuer}\n` }
}
