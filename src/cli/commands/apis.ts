import { viewApis } from '#src/admin/operations/api-views.ts'
import type { Outcome } from '#src/cli/outcome.ts'
import { SILENT } from '#src/cli/silent.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { openApiRegistry } from '#src/clients/api-registry.ts'

/** `clients apis`: audience, format, scopes, name of each API of files. @throws PiasError `config.invalid` for a file that is wrong */
export const listApis = async ({ loadConfig, clock }: Terminal): Promise<Outcome> => {
  const registry = openApiRegistry({ dir: loadConfig().apisDir, clock, logger: SILENT })
  const lines = viewApis(registry.all(), undefined).map(value => {
    const { audience, format, scopes, name } = value
    return { value, text: `${audience} ${format} ${scopes.map(scope => scope.name).join(',')} ${name}\n` }
  })
  return { lines }
}
