import { viewApis } from '#src/admin/operations/api-views.ts'
import { apiFilesOf } from '#src/cli/api-files.ts'
import type { Outcome } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'

/** `clients apis`: audience, format, scopes, name of each API of files. @throws PiasError `config.invalid` for a file that is wrong */
export const listApis = async (terminal: Terminal): Promise<Outcome> => {
  const lines = viewApis(apiFilesOf(terminal).all(), undefined).map(value => {
    const { audience, format, scopes, name } = value
    return { value, text: `${audience} ${format} ${scopes.map(scope => scope.name).join(',')} ${name}\n` }
  })
  return { lines }
}
