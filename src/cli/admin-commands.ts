import type { Command } from 'commander'
import { createAdmins } from '#src/admin/admins.ts'
import { type ApiDescription, clientTypes } from '#src/admin/client/client-types.ts'
import { adminOriginOf } from '#src/config/schema.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { answer } from './answer.ts'
import { declare } from './declared.ts'
import { withStore } from './offline.ts'
import { type Outcome, unusable } from './outcome.ts'
import type { ProcessTerminal, Terminal } from './terminal.ts'

/**
 * `admin bootstrap`: makes the code that makes somebody an owner: the first one, or another when nobody can get in.
 * @throws PiasError `config.invalid` where there is no admin plane, and what the store throws
 */
const bootstrap = async (terminal: Terminal): Promise<Outcome> => {
  const { admin } = terminal.loadConfig()
  if (admin === undefined) throw new PiasError('config.invalid', 'there is no admin plane: set PIAS_ADMIN_PORT')
  const code = await withStore({ terminal }, store =>
    createAdmins({ ...store, clock: terminal.clock }).prepareBootstrap(terminal.operator),
  )
  const origin = adminOriginOf(admin)
  const note = `good once, for 15 minutes: log in at ${origin} and enter it\n`
  // For people: a program that reads the code wants nothing else.
  return { value: { code, origin }, text: `${code}\n`, ...(terminal.stderr.isTTY && { note }) }
}

/**
 * `admin client`: prints the types of a client, made of the description of the admin plane at an origin.
 * Refused where none is described there.
 */
const printClient = async (origin: string): Promise<Outcome> => {
  const found = await fetch(new URL('/openapi.json', origin), { redirect: 'error' }).catch(() => undefined)
  if (found?.ok !== true) return unusable(`no description of an admin plane at ${origin}`)
  const text = clientTypes((await found.json()) as ApiDescription)
  return { value: text, text }
}

/** Adds what is about the admin plane. */
export const addAdminCommands = (program: Command, terminal: ProcessTerminal): void => {
  const admin = program.command('admin').description('who may administer PIAS, and by which operations')
  declare(admin.command('client'), { format: 'TypeScript' })
    .description('prints the types of a TypeScript client, made from the description of the admin API')
    .argument('<origin>', 'where the admin plane is reached, such as http://localhost:3010')
    .action(answer(terminal, (origin: string) => printClient(origin)))
  admin
    .command('bootstrap')
    .description('prints a code, good once, that makes whoever logs in with it an owner')
    .action(answer(terminal, () => bootstrap(terminal)))
}
