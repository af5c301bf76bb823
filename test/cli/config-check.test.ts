import { failureLine } from '#src/cli/failure-line.ts'
import { createProgram } from '#src/cli/program.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { loadConfig } from '#src/config/load.ts'

/** `pias config check`: whether a node would start with what is configured. */
const check = async (env: Record<string, string>): Promise<string> => {
  let told = ''
  const stdout = {
    write: (text: string) => {
      told += text
    },
  }
  const terminal = {
    defaultDataDir: 'data',
    operator: 'operator',
    loadConfig: () => loadConfig({ env, root: '/' }),
    stdout,
  }
  const program = createProgram(terminal as unknown as Terminal)
  await program.parseAsync(['config', 'check'], { from: 'user' })
  return told
}

test('what holds is said to hold', async () => {
  expect(await check({ PIAS_ISSUER: 'http://localhost:3000' })).toBe(
    'the configuration holds: development, http://localhost:3000\n',
  )
})

test('all that is wrong is told at once', async () => {
  const error: unknown = await check({ PIAS_ISSUER: 'http://pias.example', PIAS_PORT: 'none' }).catch(failed => failed)
  expect(failureLine(error)).toBe(
    'config.invalid: issuer: must be https (http only on loopback); server.port: must be a number',
  )
})
